import * as z from "zod";

/** Rows in one import. */
export const MAX_ROWS = 10_000;
/** Bytes of one row as JSON. */
export const MAX_ROW_BYTES = 16 * 1024;

/** A UUID: read in any case, written in lower case (RFC 9562, section 4). */
export const ImportId = z.uuid().toLowerCase();

// `@__PURE__` lets bundles omit the schemas that they do not use.

/** The representation of an import. It is completed when every row is either imported or failed. */
export const Import = /* @__PURE__ */ (() =>
  z.object({
    id: ImportId,
    state: z.enum(["running", "completed"]),
    /** Rows in the request. */
    rows: z.int(),
    /** Rows that became pets so far. */
    imported: z.int(),
    /** Rows that failed so far. */
    failed: z.int(),
    createdAt: z.iso.datetime({ precision: 3 }),
    completedAt: z.iso.datetime({ precision: 3 }).optional(),
  }))();
export type Import = z.output<typeof Import>;

/** The errors in one row. */
export const RowError = /* @__PURE__ */ (() =>
  z.object({
    /** From 1; in NDJSON the line number. */
    row: z.int().min(1),
    /** JSON Pointers into the row, and what is wrong. */
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
  }))();
export type RowError = z.output<typeof RowError>;
