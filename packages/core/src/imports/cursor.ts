import { Problem } from "../problems/problem.ts";

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
