import type { RequestHead } from "./api.ts";
import type { AwsError } from "./errors.ts";
import type { Answer } from "./forward.ts";

/** An answer with a JSON body, which may be empty. `headers`: names and values in turn. */
export function jsonAnswer(status: number, json: string, headers: string[] = []): Answer {
  const body = Buffer.from(json);
  const all = ["content-type", "application/json", "content-length", String(body.length)];
  return { status, headers: [...all, ...headers], body };
}

/** What a service answers to operations that it does not host. SDKs do not retry a 501. */
export function notHosted(service: string, { method, url }: RequestHead): AwsError {
  const message = `${method} ${url} of ${service} does not run offline`;
  return { status: 501, code: "NotImplemented", message };
}
