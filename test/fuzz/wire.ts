import type { Request } from "./requests.ts";
import type { Sent } from "./send.ts";

/** Text as a part of a URL. Half a surrogate pair becomes the bytes that UTF-8 forbids. */
export const encoded = (text: string): string =>
  text.isWellFormed()
    ? encodeURIComponent(text)
    : [...text].map((one) => (one.isWellFormed() ? encodeURIComponent(one) : "%ED%A0%80")).join("");

/** Text as HTTP can carry it in a header: bytes, none of them a control character. */
export const asHeader = (text: string): string =>
  Buffer.from(text)
    .toString("latin1")
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "")
    .trim();

/** A request as it goes over the wire. */
export function wired(
  { operation, isHead, parameters, headers, mediaType, body }: Request,
  authorization: string | undefined,
): Sent {
  const of = (place: string) => parameters.filter((one) => one.in === place);
  const path = of("path").reduce(
    (all, { name, value }) => all.replace(`{${name}}`, () => encoded(value)),
    operation.path,
  );
  const query = of("query")
    .map(({ name, value }) => `${name}=${encoded(value)}`)
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
