import { type Caller, canAccess } from "../caller.ts";
import { Problem } from "../problems/problem.ts";
import type { Import, RowError } from "./import.ts";
import {
  ImportItem,
  importKey,
  readChunkResults,
  readImportItem,
  readRowErrors,
  toImport,
} from "./import-items.ts";

export interface ImportReport extends Import {
  errors: RowError[];
  /** Absent on the last page. */
  nextCursor?: string;
}

/**
 * Reads the state of an import, with one page of its row errors. They are complete, and pages are
 * stable, once it is completed. Only its owner and administrators can read it: for anyone else it
 * does not exist.
 *
 * @throws Problem `not-found`, `bad-cursor`
 */
export async function getImportReport(
  id: string,
  { caller, limit, cursor }: { caller: Caller; limit: number; cursor?: string | undefined },
): Promise<ImportReport> {
  const after = cursor === undefined ? 0 : decodeCursor(cursor);
  const [item, results] = await Promise.all([readImport(id, caller), readChunkResults(id)]);
  // After the results: they are written last, so every error that they count exists.
  const { errors, hasMore } = await readRowErrors(id, { after, limit });
  const last = errors.at(-1);
  return {
    ...toImport(item, results),
    errors,
    ...(hasMore && last && { nextCursor: encodeCursor(last.row) }),
  };
}

async function readImport(id: string, caller: Caller): Promise<ImportItem> {
  const item = ImportItem.optional().parse(await readImportItem(importKey(id)));
  // DynamoDB deletes expired items days late.
  if (!item || item.expiresAt * 1000 <= Date.now() || !canAccess(caller, item)) {
    throw new Problem("not-found", `There is no import ${id}.`);
  }
  return item;
}

/** Returns a cursor: the last row of a page as base64url, opaque to clients. */
export const encodeCursor = (row: number): string =>
  Buffer.from(`row ${row}`).toString("base64url");

/**
 * @returns the row after which the page starts
 * @throws Problem `bad-cursor` when this API did not create it
 */
export function decodeCursor(cursor: string): number {
  const row = /^row ([1-9]\d{0,6})$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (!row) throw new Problem("bad-cursor", "Send the cursor from nextCursor unchanged.");
  return Number(row);
}
