import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Invoke, InvokeResult } from "../../runtime/invocation.ts";
import type { Clock } from "../../util/clock.ts";
import { openEventStore, type QueuedEvent } from "./event-store.ts";
import type { LambdaFunction } from "./resources.ts";

export interface AsyncInvokeOptions {
  functions: Pick<LambdaFunction, "arn" | "name">[];
  /** Events are stored in `<stateDir>/async-invocations.sqlite`. */
  stateDir: string;
  invoke: Invoke;
  clock: Clock;
  log: (line: string) => void;
  /** Called with a sentence when events can no longer be stored. */
  onFailure?: (reason: string) => void;
  /** Milliseconds before each retry after a function error. */
  retryDelays?: number[];
  /** Milliseconds before the first retry of a throttled event; doubled each time. */
  throttleDelay?: number;
}

/** Lambda's queue of asynchronous invocations (`InvocationType: Event`). */
export interface AsyncInvoke {
  /**
   * Accepts an event. It is on disk when this returns, so the function is invoked at least once.
   *
   * @throws {Error} `ResourceNotFoundException`: there is no such function.
   */
  accept(
    functionArn: string,
    payload: string,
    options?: { requestId?: string; traceHeader?: string },
  ): void;
  /** Stops invoking; the next runtime continues with the remaining events. Can be called twice. */
  close(): Promise<void>;
}

const MINUTE = 60_000;
const MAX_AGE = 6 * 60 * MINUTE;
const MAX_THROTTLE_DELAY = 5 * MINUTE;

/**
 * Starts Lambda's queue of asynchronous invocations, with the events that an earlier runtime left.
 * After a function error an event is retried twice, after one and after two minutes. A throttled event
 * is retried for up to six hours, after 1 second at first and 5 minutes at most. Then it is dropped.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 *
 * @throws {UserError} The file of events is damaged.
 */
export function startAsyncInvoke(options: AsyncInvokeOptions): AsyncInvoke {
  const { invoke, clock, log, retryDelays = [MINUTE, 2 * MINUTE], throttleDelay = 1000 } = options;
  const { onFailure = () => {} } = options;
  const names = new Map(options.functions.map(({ arn, name }) => [arn, name]));
  const store = openEventStore(join(options.stateDir, "async-invocations.sqlite"), onFailure);
  const cancellations = new Set<() => void>();
  let closed = false;

  async function invokeWith(event: QueuedEvent): Promise<void> {
    const result = await invoke(event.functionArn, event.payload, event.request);
    if (closed) return;
    if (result.kind === "response") return store.remove(event);
    const retry = toRetry(event, result.kind === "throttled");
    if (retry) storeAndSchedule(retry);
    else drop(event, result);
  }

  /** Returns the event with the time of its next attempt, or undefined after the last one. */
  function toRetry(event: QueuedEvent, throttled: boolean): QueuedEvent | undefined {
    const { failures, throttles, acceptedAt } = event;
    const delay = throttled
      ? Math.min(throttleDelay * 2 ** throttles, MAX_THROTTLE_DELAY)
      : (retryDelays[failures] ?? Number.POSITIVE_INFINITY);
    const dueAt = clock.now() + delay;
    if (dueAt - acceptedAt > MAX_AGE) return undefined;
    return throttled
      ? { ...event, throttles: throttles + 1, dueAt }
      : { ...event, failures: failures + 1, dueAt };
  }

  function storeAndSchedule(event: QueuedEvent) {
    store.put(event);
    schedule(event);
  }

  function schedule(event: QueuedEvent) {
    const cancel = clock.schedule(
      () => {
        cancellations.delete(cancel);
        invokeWith(event).catch((error: Error) => onFailure(error.message));
      },
      Math.max(event.dueAt - clock.now(), 0),
    );
    cancellations.add(cancel);
  }

  function drop(event: QueuedEvent, result: InvokeResult) {
    store.remove(event);
    const name = names.get(event.functionArn) ?? event.functionArn;
    const reason = result.kind === "error" ? result.errorMessage : "throttled";
    const attempts = event.failures + event.throttles + 1;
    log(`Dropped an event for ${name} after ${attempts} attempts: ${reason}`);
  }

  for (const event of store.storedEvents) schedule(event);

  return {
    accept(functionArn, payload, options = {}) {
      if (!names.has(functionArn)) throw functionNotFound(functionArn);
      const request = { requestId: randomUUID(), ...options };
      const now = clock.now();
      const counts = { failures: 0, throttles: 0 };
      storeAndSchedule({ functionArn, payload, request, acceptedAt: now, dueAt: now, ...counts });
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const cancel of cancellations) cancel();
      store.close();
    },
  };
}

function functionNotFound(functionArn: string): Error {
  const error = new Error(`Function not found: ${functionArn}`);
  return Object.assign(error, { name: "ResourceNotFoundException" });
}
