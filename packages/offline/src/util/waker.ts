import { setTimeout as sleep } from "node:timers/promises";

/** Lets loops sleep until there may be something to do. */
export interface Waker {
  /** Ends every sleep, also those that begin with an older `now()`. */
  wake(): void;
  /** A moment, to sleep from: what woke after it is not slept over. */
  now(): number;
  /** Resolves after `milliseconds`, or as soon as somebody woke since `moment`. */
  sleep(milliseconds: number, moment: number): Promise<void>;
}

/** @param signal rejects all sleeps with an `AbortError` */
export function createWaker(signal: AbortSignal): Waker {
  let wakes = 0;
  let ringing = new AbortController();
  return {
    wake() {
      wakes++;
      ringing.abort();
      ringing = new AbortController();
    },
    now: () => wakes,
    async sleep(milliseconds, moment) {
      signal.throwIfAborted();
      if (moment !== wakes) return;
      const either = AbortSignal.any([signal, ringing.signal]);
      await sleep(milliseconds, undefined, { signal: either }).catch(() => signal.throwIfAborted());
    },
  };
}
