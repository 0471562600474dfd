import type * as z from "zod";
import type { Operation } from "../contract/operation.ts";
import type { JsonSchema, Schemas } from "./schemas.ts";

/** Descriptions of parameters and request headers, by name. The docs page would send example values. */
const descriptions: Record<string, string> = {
  id: "The id from the response that created it.",
  file: "A file of the docs page.",
  status: "Only pets with this status.",
  species: "Only pets of this species.",
  owner:
    "Only pets of this owner: a user's id, or `me` for the token's user. Only `me` requires a token.",
  limit: "The number of items on one page.",
  cursor: "`nextCursor` of the previous page, unchanged.",
  "if-match":
    "Makes the request conditional: it succeeds only if the current ETag is one of these. ETags from earlier responses, or `*` (RFC 9110, section 13.1.1).",
  "if-none-match":
    "Makes the request conditional: it succeeds only if the current ETag is none of these. ETags from earlier responses, or `*` (RFC 9110, section 13.1.2).",
  "idempotency-key":
    "Makes the request safe to repeat: the same key with the same body returns what the first request created. Use a new key, such as a UUID, for everything new. A key must not contain a comma.",
};

/** Headers that OpenAPI leaves to HTTP, or to another field of the document (`security`). */
const undocumented = new Set(["accept-encoding", "authorization"]);
export const isDocumented = (name: string) => !undocumented.has(name);

/** The parameters of every operation. A malformed one is replaced, and is not an error. */
export const sharedParameters: Record<string, JsonSchema> = {
  "X-Correlation-Id": {
    name: "X-Correlation-Id",
    in: "header",
    required: false,
    description:
      "Your id of the work that the request belongs to, for example `order-4711`: 1 to 128 of `A-Z a-z 0-9 . _ : = + / -`. Any other value is replaced by the gateway's id of the request.",
    schema: { type: "string" },
  },
};
const references = Object.keys(sharedParameters).map((name) => ({
  $ref: `#/components/parameters/${name}`,
}));

/** Returns the parameters of an operation. */
export function parametersOf({ params, query, headers }: Operation, schemas: Schemas) {
  const describeAll = (place: "path" | "query" | "header", object: z.ZodObject | undefined) =>
    Object.entries<z.ZodType>(object?.shape ?? {})
      .filter(([name]) => isDocumented(name))
      .map(([name, schema]) => parameter(place, name, schema, schemas));
  return [
    ...describeAll("path", params),
    ...describeAll("query", query),
    ...describeAll("header", headers),
    ...references,
  ];
}

function parameter(
  place: "path" | "query" | "header",
  name: string,
  schema: z.ZodType,
  schemas: Schemas,
): JsonSchema {
  const description = descriptions[name];
  if (!description) throw new Error(`Describe the parameter ${name} in openapi/parameters.ts.`);
  return {
    name: place === "header" ? canonical(name) : name,
    in: place,
    required: !schema.safeParse(undefined).success,
    description,
    // The output schema: a number is a number, although it is sent as text.
    schema: schemas.of(schema, "output"),
  };
}

/** Returns a header's name in the usual case. */
export const canonical = (name: string) =>
  name === "etag" ? "ETag" : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
