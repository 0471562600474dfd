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
    "Makes it safe to send the request again: the same key with the same body returns what the first request created. Use a new key, such as a UUID, for everything new. A key contains no comma.",
};

/** Headers that OpenAPI leaves to HTTP itself, or to other fields of the document (`security`). */
const untold = new Set(["accept-encoding", "authorization"]);
export const isTold = (name: string) => !untold.has(name);

/** The parameters that every operation takes. One that is malformed is no mistake: it is replaced. */
export const sharedParameters: Record<string, JsonSchema> = {
  "X-Correlation-Id": {
    name: "X-Correlation-Id",
    in: "header",
    required: false,
    description:
      "Your id for the work that the request is a part of, such as `order-4711`: 1 to 128 of `A-Z a-z 0-9 . _ : = + / -`. Anything else is replaced by the gateway's id of the request.",
    schema: { type: "string" },
  },
};
const references = Object.keys(sharedParameters).map((name) => ({
  $ref: `#/components/parameters/${name}`,
}));

/** The parameters of an operation, as OpenAPI has them. */
export function parametersOf({ params, query, headers }: Operation, schemas: Schemas) {
  const told = (place: "path" | "query" | "header", object: z.ZodObject | undefined) =>
    Object.entries<z.ZodType>(object?.shape ?? {})
      .filter(([name]) => isTold(name))
      .map(([name, schema]) => parameter(place, name, schema, schemas));
  return [
    ...told("path", params),
    ...told("query", query),
    ...told("header", headers),
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
    // What it is once parsed: a number is a number, though it comes as text.
    schema: schemas.of(schema, "output"),
  };
}

/** A header's name as people write it. */
export const canonical = (name: string) =>
  name === "etag" ? "ETag" : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
