import { createHash } from "node:crypto";
import { Problem } from "@petstore/core/problems/problem";
import { isThrottlingError, isTransientError } from "@smithy/core/retry";
import type { SdkError } from "@smithy/types";
import type { APIGatewayProxyStructuredResultV2 as Result } from "aws-lambda";

// The responses of handlers. Their types are literal, so that the compiler can compare them with the
// contract.

export const ok = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 200, body, headers }) as const;

export const created = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 201, body, headers }) as const;

export const accepted = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 202, body, headers }) as const;

export const noContent = () => ({ status: 204 }) as const;

export const notModified = <const H extends object>(headers: H) =>
  ({ status: 304, headers }) as const;

/** Returns the weak entity tag of content: the same for every content coding. */
export const contentTagOf = (content: string | Uint8Array) =>
  `W/"${createHash("sha256").update(content).digest("base64url")}"`;

/** Returns the headers of content that changes only with a deployment. */
export const toCacheHeaders = (etag: string) =>
  ({ etag, "cache-control": "public, max-age=3600" }) as const;

/** Returns a link to the next page (RFC 8288), without parameters that are undefined. */
export function toNextLink(path: string, parameters: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return `<${path}?${query}>; rel="next"`;
}

/** Returns the problem for an error. An error that is not a problem discloses nothing internal. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isThrottlingError(error as SdkError) || isTransientError(error as SdkError)) {
    return new Problem("try-again", "The service is busy. Send the request again.", {
      headers: { "retry-after": "1" },
    });
  }
  return new Problem("internal", "The request failed. Report it with its requestId.");
}

/** Returns a handler's response in the format of API Gateway. */
export function toResult(response: { status: number; headers?: object; body?: unknown }): Result {
  const { status: statusCode, body } = response;
  const headers = response.headers as Record<string, string> | undefined;
  if (body === undefined) return { statusCode, ...(headers && { headers }) };
  if (body instanceof Uint8Array) {
    return {
      statusCode,
      headers: headers ?? {},
      body: Buffer.from(body).toString("base64"),
      isBase64Encoded: true,
    };
  }
  return {
    statusCode,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/**
 * Returns a problem in the format of API Gateway.
 *
 * @param path of the request
 */
export const toProblemResult = (problem: Problem, path: string, requestId: string): Result => ({
  statusCode: problem.status,
  headers: { "content-type": "application/problem+json", ...problem.headers },
  body: JSON.stringify(problem.toBody(encodeURI(path), requestId)),
});
