import type { Import } from "./import.ts";

/** An import is known this long after it was accepted; then DynamoDB deletes it (TTL). */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/** An import as it is stored when it is accepted. It never changes, but for `sent`. */
export interface ImportRecord {
  id: string;
  ownerId: string;
  createdAt: string;
  /** Rows in each chunk: a repeat cuts the same chunks, even if by now we would choose others. */
  chunks: number[];
  /** Hash of the rows, to tell a repeat from a key used twice. */
  requestHash: string;
  /** The queue has all of it. Kept only where there is an idempotency key, for repeats. */
  sent?: true;
  /** Seconds since the epoch. */
  expiresAt: number;
}

/** What became of a chunk. That it is there is what makes the chunk done. */
export interface ChunkResult {
  imported: number;
  failed: number;
  completedAt: string;
}

/**
 * All that belongs to an import is in one partition: the import itself, the results of its chunks,
 * and its row errors, in the order of their rows.
 */
const partitionOf = (importId: string) => `import#${importId}`;
const digits = (number: number) => String(number).padStart(7, "0");

export const keyOf = (importId: string) => ({ pk: partitionOf(importId), sk: "import" });
export const chunkKeyOf = (importId: string, chunk: number) => ({
  pk: partitionOf(importId),
  sk: `chunk#${digits(chunk)}`,
});
export const errorKeyOf = (importId: string, row: number) => ({
  pk: partitionOf(importId),
  sk: `error#${digits(row)}`,
});

/** When what is stored now is forgotten: never before the import it belongs to. */
export const expiryFrom = (now: Date): number => Math.ceil(now.getTime() / 1000) + KEPT_SECONDS;

/** The representation of an import, given the results there are. */
export function toImport(record: ImportRecord, results: ChunkResult[]): Import {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const completed = results.length === record.chunks.length;
  const latest = results
    .map(({ completedAt }) => completedAt)
    .sort()
    .at(-1);
  return {
    id: record.id,
    state: completed ? "completed" : "running",
    rows: sum(record.chunks),
    imported: sum(results.map(({ imported }) => imported)),
    failed: sum(results.map(({ failed }) => failed)),
    createdAt: record.createdAt,
    ...(completed && latest && { completedAt: latest }),
  };
}
