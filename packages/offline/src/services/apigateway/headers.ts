/** Request headers in the shape payload format 2.0 wants. */
export interface RequestHeaders {
  /** Lower-cased names; values of repeated headers joined by commas; no cookies. */
  headers: Record<string, string>;
  cookies: string[];
  /** Bytes of all values, which count towards the limit on headers. */
  size: number;
}

/** Headers that end at the gateway (RFC 9110, section 7.6.1); it writes its own on the other side. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Merges the headers of a request, given as Node's flat list of names and values. */
export function mergeHeaders(rawHeaders: readonly string[]): RequestHeaders {
  // No prototype: a header may be called `__proto__`.
  const headers: Record<string, string> = Object.create(null);
  const cookies: string[] = [];
  let size = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const value = rawHeaders[i + 1] as string;
    size += value.length;
    if (name === "cookie") cookies.push(...splitCookies(value));
    else if (!HOP_BY_HOP.has(name)) {
      headers[name] = name in headers ? `${headers[name]},${value}` : value;
    }
  }
  return { headers, cookies, size };
}

function splitCookies(value: string): string[] {
  return value
    .split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== "");
}
