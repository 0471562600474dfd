import type { Operation } from "../contract/operation.ts";
import { catalogue, type ProblemType } from "../problems/problem.ts";
import { isDocumented } from "./parameters.ts";
import type { JsonSchema } from "./schemas.ts";

/** Returns the problems of an operation: those it declares, those of its input, and the general ones. */
export function problemsOf({ query, headers, body, params, problems }: Operation): ProblemType[] {
  const possible: (ProblemType | false)[] = [
    ...problems,
    params !== undefined && "not-found",
    query !== undefined && "invalid-request",
    Object.keys(headers?.shape ?? {}).some(isDocumented) && "malformed-header",
    ...(body
      ? (["malformed-body", "body-too-large", "unsupported-media-type", "invalid-request"] as const)
      : []),
    "internal",
    "try-again",
  ];
  return [...new Set(possible.filter((type) => type !== false))];
}

/** The response headers of a problem. */
export const headersOfProblem: { [T in ProblemType]?: readonly string[] } = {
  "not-authenticated": ["www-authenticate"],
  "concurrent-change": ["retry-after"],
  "precondition-failed": ["etag"],
  "unsupported-media-type": ["accept", "accept-encoding", "accept-patch"],
  "try-again": ["retry-after"],
};

/** Errors for the examples. */
const errors: { [T in ProblemType]?: object[] } = {
  "invalid-request": [{ pointer: "/species", detail: "Invalid option" }],
  "malformed-header": [{ parameter: "if-match", detail: "must be * or a list of entity tags" }],
};

/** An example of each problem, by its type. */
export const problemExamples = Object.fromEntries(
  Object.entries(catalogue).map(([type, { status, title }]) => [
    type,
    {
      summary: title,
      value: {
        type: `/problems/${type}`,
        title,
        status,
        detail: "What is wrong with this request.",
        instance: "/api/pets",
        requestId: "JKJaXmPLvHcESHA=",
        ...(errors[type as ProblemType] && { errors: errors[type as ProblemType] }),
      },
    },
  ]),
);

/** The body of a problem (RFC 9457). */
export const Problem: JsonSchema = {
  type: "object",
  description: "A problem (RFC 9457).",
  properties: {
    type: {
      type: "string",
      format: "uri-reference",
      description: "The problem type, for programs.",
      enum: Object.keys(catalogue).map((type) => `/problems/${type}`),
    },
    title: { type: "string", description: "The same for every problem of this type." },
    status: { type: "integer", description: "The status of the response." },
    detail: { type: "string", description: "What is wrong with this request." },
    instance: {
      type: "string",
      format: "uri-reference",
      description: "The path of the request.",
    },
    requestId: { type: "string", description: "The id to report with the problem." },
    errors: {
      type: "array",
      description: "All errors in the request.",
      items: { $ref: "#/components/schemas/RequestError" },
    },
  },
  required: ["type", "title", "status", "detail", "instance", "requestId"],
  examples: [problemExamples["invalid-request"]?.value],
};

export const RequestError: JsonSchema = {
  type: "object",
  properties: {
    pointer: {
      type: "string",
      description: "The position in the body: a JSON Pointer (RFC 6901).",
    },
    parameter: { type: "string", description: "The name of the parameter or header." },
    detail: { type: "string", description: "What is wrong." },
  },
  required: ["detail"],
  oneOf: [{ required: ["pointer"] }, { required: ["parameter"] }],
  examples: errors["invalid-request"] as object[],
};
