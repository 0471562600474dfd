import * as z from "zod";
import { Problem } from "../problems/problem.ts";
import type { PetFilter } from "./record.ts";

/** The filter a cursor was made for, and the position of the last pet seen. */
const Cursor = z.tuple([z.string(), z.string().regex(/^\d{4}-[\d-]+T[\d:.]+Z#[\da-f-]{36}$/)]);

const fingerprint = ({ status, species, owner }: PetFilter) =>
  JSON.stringify([status ?? null, species ?? null, owner ?? null]);

/** Opaque to clients: base64url, to be handed back as it is. */
export const encodeCursor = (position: string, filter: PetFilter): string =>
  Buffer.from(JSON.stringify([fingerprint(filter), position])).toString("base64url");

/**
 * @returns the position to go on from
 * @throws Problem `bad-cursor` when it is none of ours, or one of another list
 */
export function decodeCursor(cursor: string, filter: PetFilter): string {
  const decoded = Cursor.safeParse(parse(cursor)).data;
  if (!decoded) throw new Problem("bad-cursor", "Take the cursor from nextCursor as it is.");
  const [madeFor, position] = decoded;
  if (madeFor !== fingerprint(filter)) {
    throw new Problem("bad-cursor", "Keep the filters of the first page on every page.");
  }
  return position;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}
