import { validateHeaderName, validateHeaderValue } from "node:http";
import * as z from "zod";
import { HOP_BY_HOP } from "./headers.ts";

/** A response, ready to be written. Header names are lower-cased. */
export interface GatewayResponse {
  status: number;
  headers: Record<string, string | string[]>;
  /** Text is sent as UTF-8, and quicker than a buffer: it goes out in one write with the headers. */
  body: string | Buffer;
}

/** What a function answered is not a response; the message says why. */
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
 * Interprets what a function answered, in payload format 2.0: JSON without a `statusCode` is
 * itself the body of a 200, anything else describes a response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * @param payload the function's answer, verbatim.
 * @throws MalformedResponse where API Gateway answers 500 "Internal Server Error".
 */
export function inferResponse(payload: string): GatewayResponse {
  const answer = parseJson(payload);
  if (typeof answer !== "object" || answer === null || !("statusCode" in answer)) {
    const headers = { "content-type": "application/json" };
    return { status: 200, headers, body: payload };
  }
  const parsed = ProxyResponse.safeParse(answer);
  if (!parsed.success) throw new MalformedResponse(summarize(parsed.error));
  return toResponse(parsed.data);
}

function parseJson(payload: string): unknown {
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

function toResponse(answer: ProxyResponse): GatewayResponse {
  const body = decodeBody(answer);
  const headers = responseHeaders(answer);
  if (body.length > 0) headers["content-type"] ??= "text/plain;charset=UTF-8";
  return { status: answer.statusCode, headers, body };
}

function decodeBody({ body, isBase64Encoded }: ProxyResponse): string | Buffer {
  if (!body || !isBase64Encoded) return body ?? "";
  if (!BASE64.test(body)) throw new MalformedResponse("The response's body is not base64");
  return Buffer.from(body, "base64");
}

function responseHeaders(answer: ProxyResponse): GatewayResponse["headers"] {
  // No prototype: a header may be called `__proto__`.
  const headers: GatewayResponse["headers"] = Object.create(null);
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    const lowerCased = name.toLowerCase();
    // The gateway frames the message itself.
    if (lowerCased === "content-length" || HOP_BY_HOP.has(lowerCased)) continue;
    headers[lowerCased] = validHeader(name, String(value));
  }
  if (answer.cookies?.length) {
    const own = headers["set-cookie"];
    const cookies = answer.cookies.map((cookie) => validHeader("set-cookie", cookie));
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
    throw new MalformedResponse(`Header ${JSON.stringify(name)} of the response is not valid`);
  }
}
