import { validateHeaderName, validateHeaderValue } from "node:http";
import * as z from "zod";
import { HOP_BY_HOP } from "./request.ts";

/** A response of the gateway. Header names are in lower case. */
export interface GatewayResponse {
  status: number;
  headers: Record<string, string | string[]>;
  /** Text is sent as UTF-8, and faster than a buffer: in one write with the headers. */
  body: string | Buffer;
}

/** The function's response is not valid. The message gives the reason. */
export class MalformedResponse extends Error {
  override readonly name = "MalformedResponse";
}

const ProxyResponse = z.object({
  statusCode: z.int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});
type ProxyResponse = z.infer<typeof ProxyResponse>;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Infers the response from a function's response in payload format 2.0: JSON without a `statusCode` is
 * the body of a 200, anything else describes a response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * @param payload the function's response, JSON
 * @throws {MalformedResponse} API Gateway returns 500 "Internal Server Error".
 */
export function inferResponse(payload: string): GatewayResponse {
  const result = parsePayload(payload);
  if (typeof result !== "object" || result === null || !("statusCode" in result)) {
    const headers = { "content-type": "application/json" };
    return { status: 200, headers, body: payload };
  }
  const parsed = ProxyResponse.safeParse(result);
  if (!parsed.success) throw new MalformedResponse(summarize(parsed.error));
  return toResponse(parsed.data);
}

function parsePayload(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    throw new MalformedResponse("The function's response is not JSON");
  }
}

function summarize(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.join(".")} in the function's response: ${message}`)
    .join("; ");
}

function toResponse(response: ProxyResponse): GatewayResponse {
  const body = decodeBody(response);
  const headers = responseHeaders(response);
  if (body.length > 0) headers["content-type"] ??= "text/plain;charset=UTF-8";
  return { status: response.statusCode, headers, body };
}

function decodeBody({ body, isBase64Encoded }: ProxyResponse): string | Buffer {
  if (!body || !isBase64Encoded) return body ?? "";
  if (!BASE64.test(body))
    throw new MalformedResponse("The body of the function's response is not valid base64");
  return Buffer.from(body, "base64");
}

function responseHeaders(response: ProxyResponse): GatewayResponse["headers"] {
  // Without a prototype, because a header may be named `__proto__`.
  const headers: GatewayResponse["headers"] = Object.create(null);
  for (const [name, value] of Object.entries(response.headers ?? {})) {
    const lowerCased = name.toLowerCase();
    // The gateway sets the length and connection headers.
    if (lowerCased === "content-length" || HOP_BY_HOP.has(lowerCased)) continue;
    headers[lowerCased] = validHeader(name, String(value));
  }
  if (response.cookies?.length) {
    const own = headers["set-cookie"];
    const cookies = response.cookies.map((cookie) => validHeader("set-cookie", cookie));
    headers["set-cookie"] = typeof own === "string" ? [own, ...cookies] : cookies;
  }
  return headers;
}

function validHeader(name: string, value: string): string {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return value;
  } catch {
    throw new MalformedResponse(
      `The header ${JSON.stringify(name)} of the function's response is not valid`,
    );
  }
}

/** The messages of an HTTP API's error responses. */
const MESSAGES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Ends a request with an error response of the gateway. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly status: keyof typeof MESSAGES;
  /** The reason for the log, which the client does not receive. */
  readonly reason: string | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: keyof typeof MESSAGES,
    reason?: string,
    headers: Record<string, string> = {},
  ) {
    super(MESSAGES[status]);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
  }

  /** Returns the response, `{"message": …}`. */
  toResponse(): GatewayResponse {
    return {
      status: this.status,
      headers: { "content-type": "application/json", ...this.headers },
      body: JSON.stringify({ message: this.message }),
    };
  }
}
