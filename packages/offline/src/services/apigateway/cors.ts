import type { CorsConfiguration } from "./resources.ts";

type Headers = Record<string, string | string[]>;

/** What a CORS configuration means for requests and responses. */
export interface CorsPolicy {
  /** Whether the gateway answers this request itself, as a preflight. */
  isPreflight(method: string, requestHeaders: Record<string, string>): boolean;
  /** The headers of the answer to a preflight; none for a foreign origin. */
  preflightHeaders(origin: string | undefined): Headers;
  /** Replaces a function's own CORS headers by the configured ones. */
  apply(responseHeaders: Headers, origin: string | undefined): Headers;
}

/**
 * Origins are listed as they are, or as `*`, `https://*`, `http://*`. Which methods and headers a
 * preflight asks for plays no part: the configured lists are the answer, and the browser judges.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function corsPolicy(cors: CorsConfiguration): CorsPolicy {
  const credentials: Headers = cors.allowCredentials
    ? { "access-control-allow-credentials": "true" }
    : {};
  const forPreflight: Headers = {
    ...credentials,
    ...listHeader("access-control-allow-methods", cors.allowMethods),
    ...listHeader("access-control-allow-headers", cors.allowHeaders),
    ...(cors.maxAge === undefined ? {} : { "access-control-max-age": String(cors.maxAge) }),
  };
  const forResponse: Headers = {
    ...credentials,
    ...listHeader("access-control-expose-headers", cors.exposeHeaders),
  };
  const grant = (origin: string | undefined, headers: Headers): Headers => {
    const allowed = allowedOrigin(cors, origin);
    return allowed === undefined ? {} : { "access-control-allow-origin": allowed, ...headers };
  };
  return {
    isPreflight: (method, headers) =>
      method === "OPTIONS" &&
      headers.origin !== undefined &&
      headers["access-control-request-method"] !== undefined,
    preflightHeaders: (origin) => grant(origin, forPreflight),
    apply: (headers, origin) => ({ ...withoutCors(headers), ...grant(origin, forResponse) }),
  };
}

/** The value of Access-Control-Allow-Origin, if there is to be one. */
function allowedOrigin(cors: CorsConfiguration, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  const allowed = cors.allowOrigins ?? [];
  // Browsers refuse `*` on a response to a request with credentials (Fetch standard).
  if (allowed.includes("*")) return cors.allowCredentials ? origin : "*";
  const matches = allowed.some(
    (pattern) =>
      pattern === origin ||
      ((pattern === "https://*" || pattern === "http://*") &&
        origin.startsWith(pattern.slice(0, -1))),
  );
  return matches ? origin : undefined;
}

function listHeader(name: string, values: string[] | undefined): Headers {
  return values?.length ? { [name]: values.join(",") } : {};
}

function withoutCors(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith("access-control-")),
  );
}
