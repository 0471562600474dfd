import type * as z from "zod";
import type { Caller } from "../caller.ts";
import type { ProblemType } from "../problems/problem.ts";
import type { Scope } from "./routes.ts";

/** A response of an operation, other than a problem. */
export interface ResponseSpec {
  description: string;
  /** The media types of a body that is not JSON. Such a body is bytes. */
  mediaTypes?: readonly string[];
  body?: z.ZodType;
  /** Response headers, by lower-case name. */
  headers?: z.ZodObject;
}

/** Bytes of a request body, for operations without a `maxBytes`. */
export const DEFAULT_MAX_BYTES = 64 * 1024;

/**
 * One operation of the API. Handlers parse requests with these values, the infrastructure maps them
 * to functions, and the OpenAPI document is generated from them.
 */
export interface Operation {
  /** Method and path with `{parameters}`: the route key of API Gateway. */
  route: `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /api/${string}`;
  /**
   * The scope that the caller's token needs (this one or `pets:admin`); without it the operation is
   * public. API Gateway checks it before it invokes the function: it responds 401 without a valid
   * token, and 403 without the scope, with its own body `{"message": …}`.
   */
  scope?: Scope;
  summary: string;
  /** Additional information for clients, in Markdown. */
  description?: string;
  /** Path parameters. The response to invalid ones is 404: such a resource cannot exist. */
  params?: z.ZodObject;
  /** Query parameters. The response to invalid ones is 422. */
  query?: z.ZodObject;
  /** Request headers by lower-case name. The response to invalid ones is 400. */
  headers?: z.ZodObject;
  /** The request body. The response to an invalid one is 422. */
  body?: {
    mediaTypes: readonly string[];
    /** Schema of a JSON body. */
    schema: z.ZodType;
    /** Schema of an NDJSON body: an array of `ParsedLine`. Its output is that of `schema`. */
    lines?: z.ZodType;
    /**
     * `DEFAULT_MAX_BYTES` if absent. Lambda's limit for events, 6 MB, counts the body as it is in the
     * event: escaped as a JSON string, or in base64. Beyond that API Gateway responds 413.
     */
    maxBytes?: number;
  };
  responses: { [status: number]: ResponseSpec };
  /** Problems of this operation, in addition to those of every operation. */
  problems: readonly ProblemType[];
}

/**
 * Declares an operation and keeps its precise type. With `@__PURE__` before the call, bundles omit the
 * operations that their handler does not use: esbuild cannot omit calls of zod outside a function.
 */
export const defineOperation = <const O extends Operation>(toOperation: () => O): O =>
  toOperation();

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;

/** The parsed request that a handler of the operation receives. */
export interface RequestOf<O extends Operation> {
  params: Output<O["params"]>;
  query: Output<O["query"]>;
  headers: Output<O["headers"]>;
  body: O["body"] extends { schema: infer S } ? Output<S> : undefined;
  /** Undefined for a public operation. */
  caller: O extends { scope: Scope } ? Caller : undefined;
}

type Part<K extends "body" | "headers", R> = R extends { [P in K]: infer T extends z.ZodType }
  ? { [P in K]: z.output<T> }
  : { [P in K]?: never };

/** What a handler of the operation can return: a declared status with its declared body and headers. */
export type ResponseOf<O extends Operation> = {
  [S in keyof O["responses"] & number]: { status: S } & Part<"body", O["responses"][S]> &
    Part<"headers", O["responses"][S]>;
}[keyof O["responses"] & number];
