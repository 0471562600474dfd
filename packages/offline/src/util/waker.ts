import type { Clock } from "./clock.ts";

/** Lets polling loops sleep until there may be something to do. */
export interface Waker {
  /** Ends all sleeps. */
  wake(): void;
  /** Returns how often `wake` was called. */
  count(): number;
  /**
   * Resolves after `milliseconds`, or when `wake` is called.
   *
   * @param count earlier result of `count()`; if `wake` was called since, the promise resolves at once
   * @throws {Error} `AbortError`
   */
  sleep(milliseconds: number, count: number): Promise<void>;
}

/** @param signal rejects all sleeps with an `AbortError` */
export function createWaker(signal: AbortSignal, clock: Clock): Waker {
  let wakes = 0;
  let next = new AbortController();
  return {
    wake() {
      wakes++;
      next.abort();
      next = new AbortController();
    },
    count: () => wakes,
    async sleep(milliseconds, count) {
      signal.throwIfAborted();
      if (count !== wakes) return;
      const either = AbortSignal.any([signal, next.signal]);
      await clock.sleep(milliseconds, either).catch(() => signal.throwIfAborted());
    },
  };
}
