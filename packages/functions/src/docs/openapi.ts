import { getOpenApi } from "@petstore/core/contract/docs";
import document from "@petstore/core/openapi.json" with { type: "json" };
import { matchesIfNoneMatch } from "../http/preconditions.ts";
import { contentTagOf, notModified, ok, toCacheHeaders } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

const etag = contentTagOf(JSON.stringify(document));

export const handler = serve(getOpenApi, async ({ headers }) =>
  matchesIfNoneMatch(headers, etag)
    ? notModified(toCacheHeaders(etag))
    : ok(document, toCacheHeaders(etag)),
);
