import type * as z from "zod";
import type { Caller } from "../caller.ts";
import type { ProblemType } from "../problems/problem.ts";
import type { Scope } from "./routes.ts";

/** What an operation may answer with one status, problems apart. */
export interface Answer {
  description: string;
  /** The media types of a body that is no JSON. Such a body is bytes. */
  mediaTypes?: readonly string[];
  body?: z.ZodType;
  /** Response headers, by lower-case name. */
  headers?: z.ZodObject;
}

/**
 * One operation of the API. Everything that knows the API derives from these values: handlers parse
 * with them, the infrastructure maps them to functions, and descriptions are generated from them.
 */
export interface Operation {
  /** Method and path with `{parameters}`: the route key, as API Gateway writes it. */
  route: `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /api/${string}`;
  /**
   * What a caller's token must be good for (this, or `pets:admin`); without it the operation is public.
   * API Gateway sees to it, before any function runs: it answers 401 where there is no valid token, and
   * 403 where that lacks the scope, with a `{"message": …}` of its own.
   */
  scope?: Scope;
  summary: string;
  /** What a client must know besides, in Markdown. */
  description?: string;
  /** Path parameters. What does not match cannot exist: the answer is 404. */
  params?: z.ZodObject;
  /** Query parameters. What does not match is a 422. */
  query?: z.ZodObject;
  /** Request headers by lower-case name. What does not match is a 400. */
  headers?: z.ZodObject;
  /**
   * The JSON body, the media types it may come in, and the bytes it may have (64 KiB where nothing is
   * said). What does not match is a 422. Lambda's limit for events, 6 MB, counts the body as it is in
   * the event: escaped as a JSON string, or in base64. Beyond that API Gateway responds 413.
   */
  body?: { mediaTypes: readonly string[]; schema: z.ZodType; maxBytes?: number };
  answers: { [status: number]: Answer };
  /** Problems particular to this operation, besides those that any operation may answer. */
  problems: readonly ProblemType[];
}

/** Declares an operation, keeping its precise type. */
export const operation = <const O extends Operation>(declared: O): O => declared;

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;

/** What a handler of the operation is given: the request, parsed. */
export interface RequestOf<O extends Operation> {
  params: Output<O["params"]>;
  query: Output<O["query"]>;
  headers: Output<O["headers"]>;
  body: O["body"] extends { schema: infer S } ? Output<S> : undefined;
  /** Who asks. Of a public operation nobody knows. */
  caller: O extends { scope: Scope } ? Caller : undefined;
}

type Part<K extends "body" | "headers", A> = A extends { [P in K]: infer T extends z.ZodType }
  ? { [P in K]: z.output<T> }
  : { [P in K]?: never };

/** What a handler of the operation may return: a declared status with its declared body and headers. */
export type AnswerOf<O extends Operation> = {
  [S in keyof O["answers"] & number]: { status: S } & Part<"body", O["answers"][S]> &
    Part<"headers", O["answers"][S]>;
}[keyof O["answers"] & number];
