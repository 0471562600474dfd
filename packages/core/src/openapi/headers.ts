import type * as z from "zod";
import { ETag } from "../contract/headers.ts";
import { CorrelationId } from "../trace-context.ts";
import { canonical } from "./parameters.ts";
import type { JsonSchema, Schemas } from "./schemas.ts";

/** Descriptions of response headers, by name. */
const descriptions: Record<string, { description: string; schema?: JsonSchema }> = {
  accept: { description: "The accepted media types.", schema: { type: "string" } },
  "accept-encoding": {
    description: "The accepted content codings.",
    schema: { const: "identity" },
  },
  "accept-patch": {
    description: "Only in responses to PATCH: the accepted media types (RFC 5789, section 2.2).",
    schema: { type: "string" },
  },
  "apigw-requestid": { description: "The gateway's id of the request." },
  "cache-control": { description: "Whether and how long caches can store the response." },
  "content-encoding": { description: "The content coding of the body." },
  "content-security-policy": { description: "The page loads nothing from other origins." },
  etag: { description: "The version of the representation, for `If-Match` and `If-None-Match`." },
  "idempotency-replayed": {
    description: "The response is that of an earlier request with the same key.",
  },
  link: { description: 'The next page, as `<…>; rel="next"` (RFC 8288). Absent on the last page.' },
  location: { description: "The path of the created resource." },
  "retry-after": {
    description: "Seconds to wait before sending the request again.",
    schema: { type: "string", pattern: "^[0-9]+$" },
  },
  vary: {
    description:
      "The request headers that the response depends on, always with `origin`, for which the gateway adds CORS headers.",
    schema: { type: "string", pattern: "^([a-z-]+, )*origin$" },
  },
  "www-authenticate": { description: "What is wrong with the token (RFC 6750, section 3)." },
  "x-correlation-id": {
    description:
      "The correlation id of the request, or else the gateway's id of it. Logs and events contain it.",
  },
  "x-content-type-options": { description: "Clients must not guess another media type." },
};

/** The header that the gateway adds to every response. */
const gatewayHeaders = {
  "Apigw-Requestid": { $ref: "#/components/headers/Apigw-Requestid" },
};

/** The headers of every response of a function. */
const functionHeaders = {
  Vary: { $ref: "#/components/headers/Vary" },
  "X-Correlation-Id": { $ref: "#/components/headers/X-Correlation-Id" },
  ...gatewayHeaders,
};

/** Returns the headers that responses share, for the document's components. */
export const sharedHeaders = (schemas: Schemas) => ({
  "Apigw-Requestid": header("apigw-requestid", { type: "string" }),
  "Retry-After": header("retry-after", descriptions["retry-after"]?.schema),
  Accept: header("accept", descriptions.accept?.schema),
  "Accept-Encoding": header("accept-encoding", descriptions["accept-encoding"]?.schema),
  "Accept-Patch": header("accept-patch", descriptions["accept-patch"]?.schema),
  "Www-Authenticate": header("www-authenticate", { type: "string" }),
  ETag: header("etag", schemas.of(ETag, "output")),
  Vary: header("vary", descriptions.vary?.schema),
  "X-Correlation-Id": header("x-correlation-id", schemas.of(CorrelationId, "output")),
});

/**
 * Returns the headers of a response. The media type documents `Content-Type`, and the adapter adds
 * `Vary`.
 */
export function headersOf(headers: z.ZodObject | undefined, schemas: Schemas) {
  const declared = Object.entries<z.ZodType>(headers?.shape ?? {})
    .filter(([name]) => name !== "content-type" && name !== "vary")
    .map(([name, schema]) => [
      canonical(name),
      {
        ...header(name, schemas.of(schema, "output")),
        required: !schema.safeParse(undefined).success,
      },
    ]);
  return { ...Object.fromEntries(declared), ...functionHeaders };
}

/** Returns the headers of an error response: the named ones, and those of every response. */
export function headersOfErrorResponse(names: Iterable<string>, by: "function" | "gateway") {
  const referenced = [...names]
    .map(canonical)
    .map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  return {
    ...Object.fromEntries(referenced),
    ...(by === "function" ? functionHeaders : gatewayHeaders),
  };
}

function header(name: string, schema: JsonSchema | undefined): JsonSchema {
  const entry = descriptions[name];
  if (!entry || !schema) throw new Error(`Describe the header ${name} in openapi/headers.ts.`);
  return { description: entry.description, schema };
}
