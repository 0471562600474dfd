import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Invoke, InvokeResult } from "../../runtime/invocation.ts";
import { openEventStore, type QueuedEvent } from "./event-store.ts";
import type { LambdaFunction } from "./functions.ts";

export interface AsyncInvokeOptions {
  functions: Pick<LambdaFunction, "arn" | "name">[];
  /** Events wait in `<stateDir>/async-invocations.sqlite`. */
  stateDir: string;
  invoke: Invoke;
  log: (line: string) => void;
  /** Called with a sentence when events can no longer be stored. */
  onFailure?: (reason: string) => void;
  /** Milliseconds before each retry of an event that the function failed on. */
  retryDelays?: number[];
  /** Milliseconds before the first retry of a throttled event; doubled each time. */
  throttleDelay?: number;
}

/** Lambda's queue of events that nobody waits for (`InvocationType: Event`). */
export interface AsyncInvoke {
  /**
   * Takes an event, which is on disk when this returns: it will be run at least once.
   *
   * @throws ResourceNotFoundException
   */
  accept(
    functionArn: string,
    payload: string,
    options?: { requestId?: string; traceHeader?: string },
  ): void;
  /** Stops running events; those not done are run by the next runtime. Can be called twice. */
  close(): Promise<void>;
}

const MINUTE = 60_000;
const MAX_AGE = 6 * 60 * MINUTE;
const MAX_THROTTLE_DELAY = 5 * MINUTE;

/**
 * Starts Lambda's queue of asynchronous invocations, beginning with what an earlier runtime left.
 * An event is retried twice when the function fails, after one and after two minutes; throttled, for
 * up to six hours, after 1 second at first and 5 minutes at most. Then it is dropped.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 *
 * @throws UserError when the file of events is damaged
 */
export function startAsyncInvoke(options: AsyncInvokeOptions): AsyncInvoke {
  const { invoke, log, retryDelays = [MINUTE, 2 * MINUTE], throttleDelay = 1000 } = options;
  const { onFailure = () => {} } = options;
  const names = new Map(options.functions.map(({ arn, name }) => [arn, name]));
  const store = openEventStore(join(options.stateDir, "async-invocations.sqlite"), onFailure);
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  async function attempt(event: QueuedEvent): Promise<void> {
    const result = await invoke(event.functionArn, event.payload, event.request);
    if (closed) return;
    if (result.kind === "response") return store.remove(event);
    const retry = retryOf(event, result.kind === "throttled");
    if (retry) postpone(retry);
    else drop(event, result);
  }

  /** The event as it is tried again; undefined when it has been tried enough. */
  function retryOf(event: QueuedEvent, throttled: boolean): QueuedEvent | undefined {
    const { failures, throttles, acceptedAt } = event;
    const delay = throttled
      ? Math.min(throttleDelay * 2 ** throttles, MAX_THROTTLE_DELAY)
      : (retryDelays[failures] ?? Number.POSITIVE_INFINITY);
    const dueAt = Date.now() + delay;
    if (dueAt - acceptedAt > MAX_AGE) return undefined;
    return throttled
      ? { ...event, throttles: throttles + 1, dueAt }
      : { ...event, failures: failures + 1, dueAt };
  }

  function postpone(event: QueuedEvent) {
    store.put(event);
    schedule(event);
  }

  function schedule(event: QueuedEvent) {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        attempt(event).catch((error: Error) => onFailure(error.message));
      },
      Math.max(event.dueAt - Date.now(), 0),
    );
    timers.add(timer);
  }

  function drop(event: QueuedEvent, result: InvokeResult) {
    store.remove(event);
    const name = names.get(event.functionArn) ?? event.functionArn;
    const reason = result.kind === "error" ? result.errorMessage : "throttled";
    const attempts = event.failures + event.throttles + 1;
    log(`Dropped an event for ${name} after ${attempts} attempts: ${reason}`);
  }

  for (const event of store.left) schedule(event);

  return {
    accept(functionArn, payload, options = {}) {
      if (!names.has(functionArn)) throw notFound(functionArn);
      const request = { requestId: randomUUID(), ...options };
      const now = Date.now();
      const counts = { failures: 0, throttles: 0 };
      postpone({ functionArn, payload, request, acceptedAt: now, dueAt: now, ...counts });
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      store.close();
    },
  };
}

function notFound(functionArn: string): Error {
  const error = new Error(`Function not found: ${functionArn}`);
  return Object.assign(error, { name: "ResourceNotFoundException" });
}
