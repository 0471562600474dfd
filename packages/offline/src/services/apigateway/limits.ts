import type { Clock } from "../../util/clock.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const MAX_REQUEST_LINE_AND_HEADERS_BYTES = 10_240;
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
export const INTEGRATION_TIMEOUT_MS = 30_000;

/** Takes one token from the bucket. Returns false when there is none: the request exceeds the limit. */
export type TakeToken = () => boolean;

/**
 * Creates a token bucket, which is full at first, is refilled with `rateLimit` tokens a second, and
 * holds at most `burstLimit`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export function createTokenBucket(
  { rateLimit, burstLimit }: { rateLimit: number; burstLimit: number },
  clock: Pick<Clock, "now">,
): TakeToken {
  let tokens = burstLimit;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    // The system time may be set back.
    const elapsed = Math.max(0, now - filledAt);
    tokens = Math.min(burstLimit, tokens + (elapsed / 1000) * rateLimit);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
