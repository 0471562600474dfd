/** Takes one request out of the bucket; false means the request is one too many. */
export type TakeToken = (nowMs: number) => boolean;

/**
 * A token bucket: `rateLimit` tokens a second drip in, at most `burstLimit` lie in it, and it is
 * full at first. Times are milliseconds of one monotonic clock.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export function tokenBucket(limits: { rateLimit: number; burstLimit: number }): TakeToken {
  let tokens = limits.burstLimit;
  let filledAt: number | undefined;
  return (nowMs) => {
    const elapsed = nowMs - (filledAt ?? nowMs);
    tokens = Math.min(limits.burstLimit, tokens + (elapsed / 1000) * limits.rateLimit);
    filledAt = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
