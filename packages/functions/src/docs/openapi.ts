import { getOpenApi } from "@petstore/core/contract/docs";
import document from "@petstore/core/openapi.json" with { type: "json" };
import { hasAlready } from "../http/preconditions.ts";
import { cached, contentTag, notModified, ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

const etag = contentTag(JSON.stringify(document));

export const handler = serve(getOpenApi, async ({ headers }) =>
  hasAlready(headers, etag) ? notModified(cached(etag)) : ok(document, cached(etag)),
);
