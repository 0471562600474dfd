import * as z from "zod";
import { Import } from "../../imports/import.ts";
import { Rows } from "../../imports/rows.ts";
import { IdempotencyKey } from "../headers.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";

export const createImport = operation({
  ...routes.createImport,
  summary: "Import many pets, as a JSON array or a line each (NDJSON)",
  headers: z.object({ "idempotency-key": IdempotencyKey.optional() }),
  body: {
    mediaTypes: ["application/json", "application/x-ndjson"],
    schema: Rows,
    // What reaches a function in any case: NDJSON comes in base64, and Lambda takes events of 6 MB.
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
