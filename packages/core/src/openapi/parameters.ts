import type * as z from "zod";
import type { Operation } from "../contract/operation.ts";
import type { JsonSchema, Schemas } from "./schemas.ts";

interface Meaning {
  description: string;
  example: unknown;
}

/** What parameters and request headers mean, by name. */
const meanings: Record<string, Meaning> = {
  id: {
    description: "The id that its creation was answered with.",
    example: "f1a71b3d-747f-8a4d-ba2a-852ed9781758",
  },
  file: { description: "A file that the page asks for.", example: "swagger-ui.css" },
  status: { description: "Only pets of this status.", example: "available" },
  species: { description: "Only pets of this species.", example: "dog" },
  owner: {
    description:
      "Only pets of this owner; `me` is whoever the token was issued to, which only this asks for.",
    example: "anna",
  },
  limit: { description: "Items on one page.", example: 20 },
  cursor: {
    description: "`nextCursor` of the page before, as it is.",
    example: "WyJbbnVsbCxudWxsLG51bGxdIl0",
  },
  "if-match": {
    description:
      "Do it only if the current version is one of these: entity tags, or `*` (RFC 9110, section 13.1.1).",
    example: '"3"',
  },
  "if-none-match": {
    description:
      "Do it only if the current version is none of these: entity tags, or `*` (RFC 9110, section 13.1.2).",
    example: '"3"',
  },
  "idempotency-key": {
    description:
      "Makes it safe to send the request again: the same key with the same body is answered with what it made the first time. One key, without a comma.",
    example: "rex-2026-01-31",
  },
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
      "Your name for what the request is a part of: 1 to 128 of `A-Z a-z 0-9 . _ : = + / -`. Anything else is replaced by the gateway's id of the request.",
    example: "order-4711",
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
  const meaning = meanings[name];
  if (!meaning) throw new Error(`Say in openapi/parameters.ts what the parameter ${name} means.`);
  return {
    name: place === "header" ? canonical(name) : name,
    in: place,
    required: !schema.safeParse(undefined).success,
    ...meaning,
    // What it is once parsed: a number is a number, though it comes as text.
    schema: schemas.of(schema, "output"),
  };
}

/** A header's name as people write it. */
export const canonical = (name: string) =>
  name === "etag" ? "ETag" : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
