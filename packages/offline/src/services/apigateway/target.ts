/** A request target, taken apart. */
export interface Target {
  /** The decoded path. */
  path: string;
  /** The decoded path by segment: `/pets/a%2Fb` is `["pets", "a/b"]`, `/` is `[""]`. */
  segments: string[];
  /** The query string as the client wrote it, without the `?`. */
  rawQueryString: string;
  /** Decoded parameters, repeated ones joined by commas. Absent when there are none. */
  query?: Record<string, string>;
}

/**
 * Parses a request target in origin form (RFC 9112, section 3.2.1).
 * HTTP APIs hand the path on decoded and the query string as it came:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 *
 * @returns undefined when the target has another form or is badly percent-encoded.
 */
export function parseTarget(target: string): Target | undefined {
  if (!target.startsWith("/")) return undefined;
  const mark = target.indexOf("?");
  const encodedPath = mark === -1 ? target : target.slice(0, mark);
  const rawQueryString = mark === -1 ? "" : target.slice(mark + 1);
  try {
    // Split before decoding: an encoded slash belongs to its segment.
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
  // No prototype: a parameter may be called `__proto__`.
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

/** In a query string a plus sign is a space; in a path it is a plus sign. */
function decodeForm(text: string): string {
  return decode(text.includes("+") ? text.replaceAll("+", " ") : text);
}

function decode(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text;
}
