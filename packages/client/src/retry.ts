export interface RetryOptions {
  /** Maximum number of retries of a request (default: 4). */
  retries?: number;
  /**
   * Maximum wait between two attempts in milliseconds (default: 10,000). A response whose `Retry-After`
   * is longer is returned without a retry.
   */
  maxDelay?: number;
}

type Fetch = (request: Request) => Promise<Response>;

/** The API is busy and has not processed the request. */
const BUSY = new Set([429, 503]);
/** Idempotent methods (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
/** Maximum of the first wait in milliseconds. Each further one is twice as long. */
const FIRST_DELAY = 200;

/**
 * Returns a fetch that retries requests that are safe to repeat, after the wait that the API requests,
 * or with exponential backoff.
 */
export function withRetries(
  fetch: Fetch,
  { retries = 4, maxDelay = 10_000 }: RetryOptions = {},
): Fetch {
  return async (request) => {
    const isRepeatable = IDEMPOTENT.has(request.method) || request.headers.has("idempotency-key");
    for (let attempt = 0; ; attempt++) {
      const isLast = !isRepeatable || attempt === retries;
      const response = await fetch(request.clone()).catch((error: Error) => error);
      if (response instanceof Response && (isLast || !BUSY.has(response.status))) return response;
      if (response instanceof Error && (isLast || request.signal.aborted)) throw response;

      const requested = response instanceof Response ? readRetryAfter(response) : undefined;
      if (response instanceof Response && requested !== undefined && requested > maxDelay) {
        return response;
      }
      const backoff = Math.random() * Math.min(maxDelay, FIRST_DELAY * 2 ** attempt);
      // Jitter: clients that were refused at the same time retry at different times.
      await pause(
        requested === undefined ? backoff : Math.min(maxDelay, requested + backoff),
        request.signal,
      );
      if (response instanceof Response) await response.body?.cancel();
    }
  };
}

/** Returns the time to wait in milliseconds (RFC 9110, section 10.2.3). */
export function readRetryAfter({ headers }: Response): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const time = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(time) ? undefined : Math.max(0, time);
}

const pause = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", abort, { once: true });
  });
