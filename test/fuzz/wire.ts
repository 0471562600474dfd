import type { Request } from "./requests.ts";
import type { Sent } from "./send.ts";

/** Encodes text for a URL. Half of a surrogate pair becomes bytes that are invalid UTF-8. */
export const encodeText = (text: string): string =>
  text.isWellFormed()
    ? encodeURIComponent(text)
    : [...text].map((one) => (one.isWellFormed() ? encodeURIComponent(one) : "%ED%A0%80")).join("");

/** Encodes text for a header: UTF-8 bytes without control characters. */
export const toHeaderValue = (text: string): string =>
  Buffer.from(text)
    .toString("latin1")
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "")
    .trim();

/** Returns a request in the form that is sent. */
export function toWire(
  { operation, isHead, parameters, headers, mediaType, body }: Request,
  authorization: string | undefined,
): Sent {
  const of = (place: string) => parameters.filter((one) => one.in === place);
  const path = of("path").reduce(
    (all, { name, value }) => all.replace(`{${name}}`, () => encodeText(value)),
    operation.path,
  );
  const query = of("query")
    .map(({ name, value }) => `${name}=${encodeText(value)}`)
    .join("&");
  const optional = (name: string, value: string | undefined): Sent["headers"] =>
    value === undefined ? [] : [[name, value]];
  return {
    method: isHead ? "HEAD" : operation.method,
    target: query ? `${path}?${query}` : path,
    headers: [
      ...of("header").map(({ name, value }): [string, string] => [name, value]),
      ...optional("authorization", authorization),
      ...optional("content-type", mediaType),
      ...headers,
    ],
    body,
  };
}
