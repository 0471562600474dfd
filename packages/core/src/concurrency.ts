import { setTimeout as sleep } from "node:timers/promises";

/**
 * Keeps what this process does at least an interval apart. Every worker has its own process, so the
 * rate of all of them is the rate of one times their number.
 */
export class Pace {
  /** When the next turn begins: milliseconds since the epoch. */
  #next = 0;

  /**
   * Waits for the next turn.
   *
   * @param intervalMs how long this turn lasts: the next one begins after it
   * @param deadline milliseconds since the epoch
   * @returns whether there was a turn before the deadline; if not, it returns at once
   */
  async turn(intervalMs: number, deadline = Number.POSITIVE_INFINITY): Promise<boolean> {
    const now = Date.now();
    const at = Math.max(now, this.#next);
    if (at > deadline) return false;
    this.#next = at + intervalMs;
    if (at > now) await sleep(at - now);
    return true;
  }
}

/**
 * Does the work for every item, so many at a time. After a failure no further item is begun; what is
 * under way is waited for, so that nothing goes on behind the caller's back.
 *
 * @throws what the first failed work threw
 */
export async function eachInParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  // All lanes draw from one generator, which the lane that fails closes for the others.
  const rest = (function* () {
    yield* items;
  })();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: limit }, lane));
  const failed = lanes.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
