import { createImport } from "@petstore/core/contract/imports";
import { startImport } from "@petstore/core/imports/start";
import { accepted } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(createImport, async ({ caller, headers, body: rows }) => {
  const idempotencyKey = headers["idempotency-key"];
  const started = await startImport(rows, { ownerId: caller.id, idempotencyKey });
  return accepted(started.import, {
    location: `/api/imports/${started.import.id}`,
    ...(started.isReplayed && { "idempotency-replayed": "true" }),
  });
});
