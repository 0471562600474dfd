import { setTimeout as sleep } from "node:timers/promises";

/**
 * The time of the offline runtime: schedules, retries, timeouts of waiting and the lifetimes of
 * tokens all read it, so a test can advance it. What measures or limits a real process (durations,
 * memory, a function's timeout) uses the system's time.
 */
export interface Clock {
  /** Returns the milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once after `milliseconds`; the returned function cancels the call. */
  schedule(callback: () => void, milliseconds: number): () => void;
  /**
   * Resolves after `milliseconds`.
   *
   * @throws {Error} `AbortError` when `signal` aborts first
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  schedule(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal && { signal }),
};
