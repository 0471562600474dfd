import { pack } from "../queue/batches.ts";
import { type Row, sizeOf } from "./rows.ts";

/**
 * A chunk is what a worker does at once: rows that it writes well within its time, even on a busy
 * machine, in a message that stays within the 1 MiB of SQS however its text is escaped.
 */
const CHUNK = { items: 50, bytes: 200_000 };

/** How rows are best divided into chunks: the number of rows in each. */
export const split = (rows: readonly Row[]): number[] =>
  pack(rows, sizeOf, CHUNK).map((chunk) => chunk.length);

/** Cuts rows into chunks of given lengths. */
export function cut<T>(rows: readonly T[], lengths: readonly number[]): T[][] {
  let end = 0;
  return lengths.map((length) => {
    const start = end;
    end += length;
    return rows.slice(start, end);
  });
}
