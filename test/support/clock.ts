import type { Clock } from "@petstore/offline/util/clock";

export interface TestClock extends Clock {
  /** Moves the time forward, and runs what is due by then, in order. */
  advance(milliseconds: number): Promise<void>;
  /** Returns how many calls are scheduled. */
  pending(): number;
}

/** Creates a clock that stands still until a test advances it. */
export function createTestClock(start: Date | number = 0): TestClock {
  let now = Number(start);
  const timers = new Set<{ at: number; callback: () => void }>();

  const clock: TestClock = {
    now: () => now,
    schedule(callback, milliseconds) {
      const timer = { at: now + Math.max(0, milliseconds), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    sleep(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const cancel = clock.schedule(resolve, milliseconds);
        signal?.addEventListener("abort", () => {
          cancel();
          reject(signal.reason);
        });
      });
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        now = next.at;
        next.callback();
        await new Promise(setImmediate);
      }
      now = end;
    },
    pending: () => timers.size,
  };
  return clock;
}
