import * as z from "zod";
import { MAX_ROW_BYTES, MAX_ROWS } from "./import.ts";

/** A row on its way to the worker: what was sent, or why that cannot be taken along. */
export const Row = z.union([
  z.strictObject({ row: z.int().min(1), pet: z.unknown() }),
  z.strictObject({ row: z.int().min(1), refused: z.string() }),
]);
export type Row = z.output<typeof Row>;

/** Levels of nesting in a row: more than any pet has, and few enough for every JSON writer. */
const MAX_DEPTH = 32;

/**
 * The rows of a request's body. Only the envelope is judged here; a row that cannot travel is one
 * failed row, and no reason to turn away the others. Takes an array as `readBody` makes it, where of
 * NDJSON a blank line is `undefined` (no row, but counted), and one that is no JSON a `SyntaxError`.
 */
export const Rows = z
  .array(z.unknown())
  .transform((values) =>
    values.flatMap((value, index) => (value === undefined ? [] : [toRow(value, index + 1)])),
  )
  .refine((rows) => rows.length > 0, { error: "must hold at least one row" })
  .refine((rows) => rows.length <= MAX_ROWS, { error: `must hold at most ${MAX_ROWS} rows` });

function toRow(value: unknown, row: number): Row {
  if (value instanceof SyntaxError) return { row, refused: "is not one JSON value in UTF-8" };
  if (isDeeper(value, MAX_DEPTH)) return { row, refused: `is nested deeper than ${MAX_DEPTH}` };
  const bytes = sizeOf(value);
  if (bytes > MAX_ROW_BYTES) {
    return { row, refused: `has ${bytes} bytes, more than the ${MAX_ROW_BYTES} allowed` };
  }
  return { row, pet: value };
}

/** Bytes of a value as JSON. */
export const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1)));
