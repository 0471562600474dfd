import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { type Caller, mayTouch } from "../caller.ts";
import { Problem } from "../problems/problem.ts";
import { client } from "../table/client.ts";
import type { Import, RowError } from "./import.ts";
import { chunkResults, type ImportRecord, keyOf, rowErrors, toImport } from "./import-items.ts";

export interface ImportReport extends Import {
  errors: RowError[];
  /** Absent on the last page. */
  nextCursor?: string;
}

/**
 * Reads how an import stands, with one page of its row errors. They are complete, and pages stable,
 * once it is completed. To others than its owner and administrators, there is none.
 *
 * @throws Problem `not-found`, `bad-cursor`
 */
export async function get(
  id: string,
  { caller, limit, cursor }: { caller: Caller; limit: number; cursor?: string | undefined },
): Promise<ImportReport> {
  const after = cursor === undefined ? 0 : decodeCursor(cursor);
  const [record, results] = await Promise.all([read(id, caller), chunkResults(id)]);
  // After the results: they are stored last, so every error they count is there.
  const { errors, more } = await rowErrors(id, { after, limit });
  const last = errors.at(-1);
  return {
    ...toImport(record, results),
    errors,
    ...(more && last && { nextCursor: encodeCursor(last.row) }),
  };
}

async function read(id: string, caller: Caller): Promise<ImportRecord> {
  const { Item } = await client.send(
    new GetCommand({ TableName: Resource.ReadImports.name, Key: keyOf(id), ConsistentRead: true }),
  );
  const record = Item as ImportRecord | undefined;
  // DynamoDB deletes what has expired within days, in no order; until then it is gone all the same.
  if (!record || record.expiresAt * 1000 <= Date.now() || !mayTouch(caller, record)) {
    throw new Problem("not-found", `There is no import ${id}.`);
  }
  return record;
}

/** Opaque to clients: the last row seen, as base64url, to be handed back as it is. */
export const encodeCursor = (row: number): string =>
  Buffer.from(`row ${row}`).toString("base64url");

/**
 * @returns the row to go on from
 * @throws Problem `bad-cursor` when it is none of ours
 */
export function decodeCursor(cursor: string): number {
  const row = /^row ([1-9]\d{0,6})$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (!row) throw new Problem("bad-cursor", "Take the cursor from nextCursor as it is.");
  return Number(row);
}
