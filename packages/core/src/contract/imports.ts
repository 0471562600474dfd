import * as z from "zod";
import { Import, ImportId, RowError } from "../imports/import.ts";
import { Rows } from "../imports/rows.ts";
import { IdempotencyKey, pageHeaders, paging } from "./fields.ts";
import { operation } from "./operation.ts";
import { routes } from "./routes.ts";

export const createImport = operation({
  ...routes.createImport,
  summary: "Import many pets, as a JSON array or a line each (NDJSON)",
  headers: z.object({ "idempotency-key": IdempotencyKey.optional() }),
  body: {
    mediaTypes: ["application/json", "application/x-ndjson"],
    schema: Rows,
    // Lambda takes events of 6 MB. NDJSON comes in base64, so this much of it always fits; JSON comes
    // as an escaped string, and fits unless it consists of quotation marks for the most part.
    maxBytes: 4 * 1024 * 1024,
  },
  answers: {
    202: {
      description: "It is accepted, now or (with an `Idempotency-Key` seen before) earlier",
      body: Import,
      headers: z.object({
        location: z.string(),
        "idempotency-replayed": z.literal("true").optional(),
      }),
    },
  },
  problems: ["not-authenticated", "idempotency-key-reused"],
});

export const getImport = operation({
  ...routes.getImport,
  summary: "Tell how an import stands, and what is wrong with its rows",
  params: z.object({ id: ImportId }),
  query: z.strictObject(paging),
  answers: {
    200: {
      description: "The import with a page of its row errors; the last page has no `nextCursor`",
      body: Import.extend({ errors: z.array(RowError), nextCursor: z.string().optional() }),
      headers: z.object(pageHeaders),
    },
  },
  problems: ["not-authenticated", "not-found", "bad-cursor"],
});
