import { getOpenApi } from "@petstore/core/contract/docs/openapi";
import document from "@petstore/core/openapi.json" with { type: "json" };
import { notModified, ok } from "../http/answers.ts";
import { cached, contentTag } from "../http/content.ts";
import { hasAlready } from "../http/preconditions.ts";
import { serve } from "../http/serve.ts";

const etag = contentTag(JSON.stringify(document));

export const handler = serve(getOpenApi, async ({ headers }) =>
  hasAlready(headers, etag) ? notModified(cached(etag)) : ok(document, cached(etag)),
);
