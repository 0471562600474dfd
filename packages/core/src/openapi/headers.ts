import type * as z from "zod";
import { ETag } from "../contract/fields.ts";
import { CorrelationId } from "../trace-context.ts";
import { canonical } from "./parameters.ts";
import type { JsonSchema, Schemas } from "./schemas.ts";

/** What response headers mean, by name. */
const meanings: Record<string, { description: string; schema?: JsonSchema }> = {
  accept: { description: "The media types taken here.", schema: { type: "string" } },
  "accept-encoding": { description: "The encodings taken here.", schema: { const: "identity" } },
  "accept-patch": {
    description: "Only on responses to PATCH: the media types it takes (RFC 5789, section 2.2).",
    schema: { type: "string" },
  },
  "apigw-requestid": { description: "The gateway's id of this request." },
  "cache-control": { description: "Whether and how long it may be kept." },
  "content-encoding": { description: "How the content is compressed." },
  "content-security-policy": { description: "What the page may load: nothing from elsewhere." },
  etag: { description: "The version of what was answered, for `If-Match` and `If-None-Match`." },
  "idempotency-replayed": { description: "The same request was answered before." },
  link: { description: 'The next page, as `<…>; rel="next"` (RFC 8288). Absent on the last.' },
  location: { description: "Where it is." },
  "retry-after": {
    description: "Seconds to wait before sending the request again.",
    schema: { type: "string", pattern: "^[0-9]+$" },
  },
  vary: {
    description:
      "The request headers that the response depends on: `origin`, for which the gateway adds CORS headers, and others.",
    schema: { type: "string", pattern: "^([a-z-]+, )*origin$" },
  },
  "www-authenticate": { description: "What is wrong with the token (RFC 6750, section 3)." },
  "x-correlation-id": {
    description:
      "The request's own, or else the gateway's id of it: what logs and events know it by.",
  },
  "x-content-type-options": { description: "Take the media type at its word." },
};

/** The one header that the gateway adds to every answer. */
const gatewayHeaders = {
  "Apigw-Requestid": { $ref: "#/components/headers/Apigw-Requestid" },
};

/** The headers of every answer that is not the gateway's own. */
const functionHeaders = {
  Vary: { $ref: "#/components/headers/Vary" },
  "X-Correlation-Id": { $ref: "#/components/headers/X-Correlation-Id" },
  ...gatewayHeaders,
};

/** Headers that answers share, for the document's components. */
export const sharedHeaders = (schemas: Schemas) => ({
  "Apigw-Requestid": header("apigw-requestid", { type: "string" }),
  "Retry-After": header("retry-after", meanings["retry-after"]?.schema),
  Accept: header("accept", meanings.accept?.schema),
  "Accept-Encoding": header("accept-encoding", meanings["accept-encoding"]?.schema),
  "Accept-Patch": header("accept-patch", meanings["accept-patch"]?.schema),
  "Www-Authenticate": header("www-authenticate", { type: "string" }),
  ETag: header("etag", schemas.of(ETag, "output")),
  Vary: header("vary", meanings.vary?.schema),
  "X-Correlation-Id": header("x-correlation-id", schemas.of(CorrelationId, "output")),
});

/**
 * The headers of an answer. The content type is told by the media type; `Vary` is the adapter's to
 * complete.
 */
export function headersOf(headers: z.ZodObject | undefined, schemas: Schemas) {
  const told = Object.entries<z.ZodType>(headers?.shape ?? {})
    .filter(([name]) => name !== "content-type" && name !== "vary")
    .map(([name, schema]) => [
      canonical(name),
      {
        ...header(name, schemas.of(schema, "output")),
        required: !schema.safeParse(undefined).success,
      },
    ]);
  return { ...Object.fromEntries(told), ...functionHeaders };
}

/** The headers of a refusal: those of these names, which are shared, and those that all have. */
export function headersOfRefusal(names: Iterable<string>, by: "function" | "gateway") {
  const referenced = [...names]
    .map(canonical)
    .map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  return {
    ...Object.fromEntries(referenced),
    ...(by === "function" ? functionHeaders : gatewayHeaders),
  };
}

function header(name: string, schema: JsonSchema | undefined): JsonSchema {
  const meaning = meanings[name];
  if (!meaning || !schema) throw new Error(`Say in openapi/headers.ts what ${name} means.`);
  return { description: meaning.description, schema };
}
