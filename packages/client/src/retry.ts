export interface RetryOptions {
  /** How often a request is sent again at most (4). */
  retries?: number;
  /** The longest wait between two attempts in milliseconds (10,000). Who asks for longer is not waited for. */
  maxDelay?: number;
}

type Fetch = (request: Request) => Promise<Response>;

/** Too busy right now: what was asked for was not done. */
const BUSY = new Set([429, 503]);
/** Methods that do the same twice as once (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
/** The first wait in milliseconds, at most; then twice as long each time. */
const FIRST_DELAY = 200;

/** A fetch that sends again what is safe to repeat, after as long as the API says, or backing off. */
export function retrying(
  fetch: Fetch,
  { retries = 4, maxDelay = 10_000 }: RetryOptions = {},
): Fetch {
  return async (request) => {
    const repeatable = IDEMPOTENT.has(request.method) || request.headers.has("idempotency-key");
    for (let attempt = 0; ; attempt++) {
      const last = !repeatable || attempt === retries;
      const response = await fetch(request.clone()).catch((error: Error) => error);
      if (response instanceof Response && (last || !BUSY.has(response.status))) return response;
      if (response instanceof Error && (last || request.signal.aborted)) throw response;

      const asked = response instanceof Response ? retryAfter(response) : undefined;
      if (response instanceof Response && asked !== undefined && asked > maxDelay) return response;
      const backoff = Math.random() * Math.min(maxDelay, FIRST_DELAY * 2 ** attempt);
      // Jitter on top: those who were turned away together do not come back together.
      await pause(
        asked === undefined ? backoff : Math.min(maxDelay, asked + backoff),
        request.signal,
      );
      if (response instanceof Response) await response.body?.cancel();
    }
  };
}

/** The time to wait in milliseconds (RFC 9110, section 10.2.3). */
export function retryAfter({ headers }: Response): number | undefined {
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
