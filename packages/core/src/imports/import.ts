import * as z from "zod";

/** Rows one import may have. */
export const MAX_ROWS = 10_000;
/** Bytes one row may have, as JSON. */
export const MAX_ROW_BYTES = 16 * 1024;

/** A UUID: read in any case, written in lower case (RFC 9562, section 4). */
export const ImportId = z.uuid().toLowerCase();

/** The representation of an import. It is completed when every row is either imported or failed. */
export const Import = z.object({
  id: ImportId,
  state: z.enum(["running", "completed"]),
  /** Rows that were sent. */
  rows: z.int(),
  /** Rows that became pets, so far. */
  imported: z.int(),
  /** Rows that did not, so far. */
  failed: z.int(),
  createdAt: z.iso.datetime({ precision: 3 }),
  completedAt: z.iso.datetime({ precision: 3 }).optional(),
});
export type Import = z.output<typeof Import>;

/** What is wrong with one row. */
export const RowError = z.object({
  /** From 1; in NDJSON the line's number. */
  row: z.int().min(1),
  /** Where (a JSON Pointer into the row), and what. */
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
});
export type RowError = z.output<typeof RowError>;
