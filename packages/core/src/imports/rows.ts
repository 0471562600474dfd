import * as z from "zod";
import { MAX_ROW_BYTES, MAX_ROWS } from "./import.ts";

/** A row in a chunk's message: a value that may be a pet, or why the row was refused. */
export const Row = z.union([
  z.strictObject({ row: z.int().min(1), pet: z.unknown() }),
  z.strictObject({ row: z.int().min(1), refused: z.string() }),
]);
export type Row = z.output<typeof Row>;

/** A `Row` as JSON: each row is serialised once, and copied into the hash and the message. */
export interface SerializedRow {
  json: string;
  bytes: number;
}

/** A line of NDJSON with its number, from 1: the value, or what is wrong with the text. */
export type ParsedLine = { row: number; value: unknown } | { row: number; refused: string };

/** Levels of nesting in a row: more than any pet has, and few enough for every JSON serialiser. */
const MAX_DEPTH = 32;

// `@__PURE__` lets bundles omit the schemas that they do not use.

/** The rows of a request. A row that is refused fails alone, and does not affect the others. */
const SerializedRows = /* @__PURE__ */ (() =>
  z
    .custom<SerializedRow[]>()
    .refine((rows) => rows.length > 0, { error: "must contain at least one row" })
    .refine((rows) => rows.length <= MAX_ROWS, {
      error: `must contain at most ${MAX_ROWS} rows`,
    }))();

/** The rows of a JSON body: an array. */
export const Rows = /* @__PURE__ */ (() =>
  z
    .array(z.unknown())
    .transform((values) => values.map((value, index) => serializeRow({ row: index + 1, value })))
    .pipe(SerializedRows))();

/** The rows of an NDJSON body. */
export const RowLines = /* @__PURE__ */ (() =>
  z
    .custom<ParsedLine[]>()
    .transform((lines) => lines.map(serializeRow))
    .pipe(SerializedRows))();

function serializeRow(line: ParsedLine): SerializedRow {
  if ("refused" in line) return refuseRow(line.row, line.refused);
  const { row, value } = line;
  if (isDeeper(value, MAX_DEPTH)) {
    return refuseRow(row, `is nested deeper than ${MAX_DEPTH}`);
  }
  const pet = JSON.stringify(value);
  const bytes = Buffer.byteLength(pet);
  if (bytes > MAX_ROW_BYTES) {
    return refuseRow(row, `has ${bytes} bytes, more than the ${MAX_ROW_BYTES} allowed`);
  }
  const start = `{"row":${row},"pet":`;
  return { json: `${start}${pet}}`, bytes: start.length + bytes + 1 };
}

/** Changing the texts changes the hash of the request, by which repeats are recognised. */
function refuseRow(row: number, refused: string): SerializedRow {
  const json = JSON.stringify({ row, refused } satisfies Row);
  return { json, bytes: Buffer.byteLength(json) };
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1)));
