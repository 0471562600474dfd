import { createHash } from "node:crypto";
import { getDocs } from "@petstore/core/contract/docs";
import { matchesIfNoneMatch } from "../http/preconditions.ts";
import { contentTagOf, notModified, ok, toCacheHeaders } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

/**
 * Starts Swagger UI so that every operation succeeds when all are executed from top to bottom:
 * optional parameters are empty, and the id in the `Location` of a created pet or import is filled
 * into the operations on it, which are below on the page.
 */
const script = `
const fillCreatedIds = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        setResponse: (setResponse, { specActions, specSelectors }) => (path, method, response) => {
          setResponse(path, method, response);
          const id = response.headers?.location?.split(path + "/")[1];
          if (!id) return;
          const itemPath = path + "/{id}";
          for (const itemMethod of specSelectors.specJson().getIn(["paths", itemPath]).keys()) {
            specActions.changeParam([itemPath, itemMethod], "id", "path", id, false);
          }
        },
      },
    },
  },
});
SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#docs",
  plugins: [fillCreatedIds],
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
});
`;

const page = Buffer.from(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>PetStore</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script>${script}</script>
</html>
`);

/** The page loads from this origin only. `unsafe-inline`: Swagger UI sets styles of elements. */
const policy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const etag = contentTagOf(page);

export const handler = serve(getDocs, async ({ headers }) =>
  matchesIfNoneMatch(headers, etag)
    ? notModified(toCacheHeaders(etag))
    : ok(page, {
        ...toCacheHeaders(etag),
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
      }),
);
