import * as z from "zod";
import { OwnerId } from "../pets/pet.ts";
import { groupIntoBatches } from "../queue/batches.ts";
import { ImportId } from "./import.ts";
import { Row, type SerializedRow } from "./rows.ts";

/**
 * A chunk is the work of one message: few enough rows for a worker's timeout, also on a busy machine,
 * and few enough bytes for the 1 MiB of SQS, however the text is escaped.
 */
const LIMIT = { items: 50, bytes: 200_000 };

/** The message that makes a worker import a chunk. */
export const Chunk = z.strictObject({
  importId: ImportId,
  ownerId: OwnerId,
  /** From 0. */
  chunk: z.int().min(0),
  rows: z.array(Row),
});
export type Chunk = z.output<typeof Chunk>;

/** Returns the number of rows in each chunk. */
export const planChunks = (rows: readonly SerializedRow[]): number[] =>
  groupIntoBatches(rows, ({ bytes }) => bytes, LIMIT).map((chunk) => chunk.length);

/** Splits rows into chunks of the given lengths. */
export function splitIntoChunks<T>(rows: readonly T[], lengths: readonly number[]): T[][] {
  let end = 0;
  return lengths.map((length) => {
    const start = end;
    end += length;
    return rows.slice(start, end);
  });
}

/** Returns a `Chunk` as JSON. */
export const toChunkBody = (
  { importId, ownerId, chunk }: Omit<Chunk, "rows">,
  rows: readonly SerializedRow[],
): string => `${JSON.stringify({ importId, ownerId, chunk }).slice(0, -1)},"rows":${toJson(rows)}}`;

/** Returns rows as a JSON array. */
export const toJson = (rows: readonly SerializedRow[]): string =>
  `[${rows.map(({ json }) => json).join()}]`;
