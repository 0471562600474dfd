import { createTraceRoot, parseTraceHeader } from "../../util/trace-header.ts";

/** A parsed request target. */
export interface Target {
  /** The decoded path. */
  path: string;
  /** The decoded path by segment: `/pets/a%2Fb` is `["pets", "a/b"]`, `/` is `[""]`. */
  segments: string[];
  /** The query string as received, without the `?`. */
  rawQueryString: string;
  /** Decoded parameters, repeated ones joined by commas. Absent when there are none. */
  query?: Record<string, string>;
}

/**
 * Parses a request target in origin form (RFC 9112, section 3.2.1).
 * HTTP APIs pass on the path decoded and the query string unchanged:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 *
 * @returns undefined when the target has another form or its percent-encoding is not valid
 */
export function parseTarget(target: string): Target | undefined {
  if (!target.startsWith("/")) return undefined;
  const mark = target.indexOf("?");
  const encodedPath = mark === -1 ? target : target.slice(0, mark);
  const rawQueryString = mark === -1 ? "" : target.slice(mark + 1);
  try {
    // Split before decoding, because an encoded slash is part of its segment.
    const segments = encodedPath.slice(1).split("/").map(decode);
    const query = parseQuery(rawQueryString);
    const path = `/${segments.join("/")}`;
    return query ? { path, segments, rawQueryString, query } : { path, segments, rawQueryString };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function parseQuery(raw: string): Record<string, string> | undefined {
  if (raw === "") return undefined;
  // Without a prototype, because a parameter may be named `__proto__`.
  const query: Record<string, string> = Object.create(null);
  for (const pair of raw.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodeForm(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? "" : decodeForm(pair.slice(equals + 1));
    query[name] = name in query ? `${query[name]},${value}` : value;
  }
  return query;
}

/** Decodes a plus sign as a space, as in query strings but not in paths. */
function decodeForm(text: string): string {
  return decode(text.includes("+") ? text.replaceAll("+", " ") : text);
}

function decode(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text;
}

/** Request headers in the shape of payload format 2.0. */
export interface RequestHeaders {
  /** Names in lower case, values of repeated headers joined by commas, without cookies. */
  headers: Record<string, string>;
  cookies: string[];
  /** Bytes of all values, which the limit on headers includes. */
  size: number;
}

/** Headers of one connection, which are not passed on (RFC 9110, section 7.6.1). */
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

/** Merges the headers of a request, given as Node's list of names and values in turn. */
export function mergeHeaders(rawHeaders: readonly string[]): RequestHeaders {
  // Without a prototype, because a header may be named `__proto__`.
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

/**
 * Returns the trace header of a request: its `X-Amzn-Trace-Id` if that names a trace, otherwise a new
 * one. HTTP APIs have no X-Ray tracing, so they name no parent and make no sampling decision.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
 *
 * @returns the value for the event and for Lambda
 */
export function continueTrace(given: string | undefined, now: number): string {
  return given !== undefined && parseTraceHeader(given).root !== undefined
    ? given
    : createTraceRoot(now);
}
