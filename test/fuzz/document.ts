import { documentOf } from "@petstore/core/openapi/document";
import type { Document } from "../support/openapi.ts";

/** An operation as the document describes it, with its references followed. */
export interface Described {
  name: string;
  method: string;
  path: string;
  parameters: {
    name: string;
    in: "path" | "query" | "header";
    required: boolean;
    schema: object;
  }[];
  body?: { maxBytes: number; content: Record<string, { schema: object }> };
  /** The scopes that are enough, by scheme; `{}` where a request needs no token. */
  security: { token?: string[] }[];
  responses: Record<
    string,
    {
      headers: Record<string, { required?: boolean; schema: object }>;
      content?: Record<string, { schema: object }>;
    }
  >;
}

export const document = closed(documentOf()) as Document;

/** What a reference leads to. */
export const follow = (value: Document): Document =>
  value?.$ref
    ? follow(
        value.$ref
          .slice(2)
          .split("/")
          .reduce((at: Document, name: string) => at[name], document),
      )
    : value;

export const operations: Described[] = Object.entries<Document>(document.paths).flatMap(
  ([path, item]) =>
    Object.entries<Document>(item).map(([method, one]) => ({
      name: one.operationId,
      method: method.toUpperCase(),
      path,
      parameters: one.parameters.map(follow),
      security: one.security,
      ...(one.requestBody && {
        body: { maxBytes: one.requestBody["x-max-bytes"], content: one.requestBody.content },
      }),
      responses: mapped(one.responses, (response) => ({
        ...follow(response),
        headers: mapped(follow(response).headers, follow),
      })),
    })),
);

function mapped<T>(object: object, of: (value: Document) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, of(value)]));
}

/**
 * The document with no room for what it does not name. Clients must put up with members that are yet
 * to come; but what comes today is all described. (`Problem` is a part of others, and closed there.)
 */
function closed(node: Document, name = ""): Document {
  if (Array.isArray(node)) return node.map((item) => closed(item));
  if (typeof node !== "object" || node === null) return node;
  if (node.allOf) return { ...node, unevaluatedProperties: false };
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, closed(value, key)]),
  );
  const open = node.type === "object" && node.properties && node.additionalProperties === undefined;
  return open && name !== "Problem" ? { ...copy, unevaluatedProperties: false } : copy;
}
