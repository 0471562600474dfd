import type { RequestHead } from "./api.ts";
import type { AwsError } from "./errors.ts";
import type { HttpResponse } from "./forward.ts";

/**
 * Creates a response with a JSON body, which may be empty.
 *
 * @param headers names and values alternately
 */
export function jsonResponse(status: number, json: string, headers: string[] = []): HttpResponse {
  const body = Buffer.from(json);
  const all = ["content-type", "application/json", "content-length", String(body.length)];
  return { status, headers: [...all, ...headers], body };
}

/** Creates the response to an operation that is not supported offline. SDKs do not retry a 501. */
export function notSupported(service: string, { method, url }: RequestHead): AwsError {
  const message = `${method} ${url} of ${service} is not supported offline`;
  return { status: 501, code: "NotImplemented", message };
}
