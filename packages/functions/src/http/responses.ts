import { createHash } from "node:crypto";
import { Problem } from "@petstore/core/problems/problem";
import { isThrottlingError, isTransientError } from "@smithy/core/retry";
import type { SdkError } from "@smithy/types";

/** What handlers answer. The types stay literal, so that the contract can hold each answer to its word. */

export const ok = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 200, body, headers }) as const;

export const created = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 201, body, headers }) as const;

export const accepted = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 202, body, headers }) as const;

export const noContent = () => ({ status: 204 }) as const;

export const notModified = <const H extends object>(headers: H) =>
  ({ status: 304, headers }) as const;

/** The entity tag of content, weak: the same however the content is encoded. */
export const contentTag = (content: string | Uint8Array) =>
  `W/"${createHash("sha256").update(content).digest("base64url")}"`;

/** The headers of content that changes with a deployment. */
export const cached = (etag: string) =>
  ({ etag, "cache-control": "public, max-age=3600" }) as const;

/** A link to the next page (RFC 8288). Parameters that are undefined are left out. */
export function linkToNext(path: string, parameters: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return `<${path}?${query}>; rel="next"`;
}

/** Whatever was thrown, as a problem. What is none says nothing of its cause to the client. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isThrottlingError(error as SdkError) || isTransientError(error as SdkError)) {
    return new Problem("try-again", "Nothing is wrong with your request; send it again.", {
      headers: { "retry-after": "1" },
    });
  }
  return new Problem("internal", "Tell us the requestId, and we can find out what it was.");
}
