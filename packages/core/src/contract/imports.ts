import * as z from "zod";
import { Import, ImportId, RowError } from "../imports/import.ts";
import { RowLines, Rows } from "../imports/rows.ts";
import { IdempotencyKey } from "./headers.ts";
import { defineOperation } from "./operation.ts";
import { pageHeaders, paging } from "./paging.ts";
import { routes } from "./routes.ts";

export const createImport = /* @__PURE__ */ defineOperation(() => ({
  ...routes.createImport,
  summary: "Import pets from a JSON array or from NDJSON",
  headers: z.object({ "idempotency-key": IdempotencyKey.optional() }),
  body: {
    mediaTypes: ["application/json", "application/x-ndjson"],
    schema: Rows,
    lines: RowLines,
    // Lambda accepts events of 6 MB. NDJSON arrives in base64, so this size always fits. JSON arrives
    // as an escaped string, and fits unless most of its characters need escaping.
    maxBytes: 4 * 1024 * 1024,
  },
  responses: {
    202: {
      description:
        "The import is accepted, or (if the `Idempotency-Key` was used before) in its current state",
      body: Import,
      headers: z.object({
        location: z.string(),
        "idempotency-replayed": z.literal("true").optional(),
      }),
    },
  },
  problems: ["not-authenticated", "idempotency-key-reused"],
}));

export const getImport = /* @__PURE__ */ defineOperation(() => ({
  ...routes.getImport,
  summary: "Read the state of an import and its row errors",
  params: z.object({ id: ImportId }),
  query: z.strictObject(paging),
  responses: {
    200: {
      description: "The import with a page of its row errors. The last page has no `nextCursor`",
      body: Import.extend({ errors: z.array(RowError), nextCursor: z.string().optional() }),
      headers: z.object(pageHeaders),
    },
  },
  problems: ["not-authenticated", "not-found", "bad-cursor"],
}));
