import type { CorsConfiguration } from "./resources.ts";

type Headers = Record<string, string | string[]>;

/** Applies a CORS configuration to requests and responses. */
export interface CorsPolicy {
  /** Returns whether this request is a preflight, to which the gateway itself responds. */
  isPreflight(method: string, requestHeaders: Record<string, string>): boolean;
  /** Returns the headers of the response to a preflight; none if the origin is not allowed. */
  preflightHeaders(origin: string | undefined): Headers;
  /** Replaces the CORS headers of a function's response by the configured ones. */
  apply(responseHeaders: Headers, origin: string | undefined): Headers;
}

/**
 * Creates the policy of a CORS configuration. Allowed origins are complete, or `*`, `https://*` or
 * `http://*`. The response to a preflight contains the configured methods and headers, whatever it
 * requests; the browser compares them.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function createCorsPolicy(cors: CorsConfiguration): CorsPolicy {
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
  const originHeaders = (origin: string | undefined, headers: Headers): Headers => {
    const allowed = allowedOrigin(cors, origin);
    return allowed === undefined ? {} : { "access-control-allow-origin": allowed, ...headers };
  };
  return {
    isPreflight: (method, headers) =>
      method === "OPTIONS" &&
      headers.origin !== undefined &&
      headers["access-control-request-method"] !== undefined,
    preflightHeaders: (origin) => originHeaders(origin, forPreflight),
    apply: (headers, origin) => ({
      ...withoutCors(headers),
      ...originHeaders(origin, forResponse),
    }),
  };
}

/** Returns the value of Access-Control-Allow-Origin; undefined if the origin is not allowed. */
function allowedOrigin(cors: CorsConfiguration, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  const allowed = cors.allowOrigins ?? [];
  // Browsers reject `*` on a response to a request with credentials (Fetch standard).
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
