import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { type Caller, mayTouch } from "../caller.ts";
import { Problem } from "../problems/problem.ts";
import { client } from "../table/client.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Import, RowError } from "./import.ts";
import { type ImportRecord, keyOf, toImport } from "./record.ts";
import { chunkResults, rowErrors } from "./results.ts";

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
