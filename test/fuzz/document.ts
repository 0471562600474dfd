import { documentOf } from "@petstore/core/openapi/document";
import type { Document } from "../support/openapi.ts";

/** An operation of the document, with resolved references. */
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
  /** Alternative scopes by scheme. `{}` allows requests without a token. */
  security: { token?: string[] }[];
  responses: Record<
    string,
    {
      headers: Record<string, { required?: boolean; schema: object }>;
      content?: Record<string, { schema: object }>;
    }
  >;
}

export const document = closeObjects(documentOf()) as Document;

/** Returns the value of a reference. */
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
      responses: mapValues(one.responses, (response) => ({
        ...follow(response),
        headers: mapValues(follow(response).headers, follow),
      })),
    })),
);

function mapValues<T>(object: object, of: (value: Document) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, of(value)]));
}

/**
 * Returns the document with closed objects. Clients must accept unknown members of later versions, but
 * this version documents all members. (`Problem` is a part of other schemas, and closed there.)
 */
function closeObjects(node: Document, name = ""): Document {
  if (Array.isArray(node)) return node.map((item) => closeObjects(item));
  if (typeof node !== "object" || node === null) return node;
  if (node.allOf) return { ...node, unevaluatedProperties: false };
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, closeObjects(value, key)]),
  );
  const isOpen =
    node.type === "object" && node.properties && node.additionalProperties === undefined;
  return isOpen && name !== "Problem" ? { ...copy, unevaluatedProperties: false } : copy;
}
