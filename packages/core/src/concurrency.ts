import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls `work` for every item, at most `limit` at a time. After a failure it starts no further item,
 * and waits for those that are running.
 *
 * @throws the error of the first item that failed
 */
export async function forEachInParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  // All lanes share one generator. A lane that fails closes it, which ends the others.
  const rest = (function* () {
    yield* items;
  })();
  const runLane = async () => {
    for (const item of rest) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: limit }, runLane));
  const failed = lanes.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/**
 * Spaces the actions of this process by an interval. Every worker has its own process, so the rate of
 * all workers is the rate of one times their number.
 */
export class Pace {
  /** When the next turn starts: milliseconds since the epoch. */
  #next = 0;

  /**
   * Waits for the next turn.
   *
   * @param intervalMs how long this turn lasts: the next one starts after it
   * @param deadline milliseconds since the epoch
   * @returns whether the turn starts before the deadline; if not, it returns at once
   */
  async waitForTurn(intervalMs: number, deadline = Number.POSITIVE_INFINITY): Promise<boolean> {
    const now = Date.now();
    const at = Math.max(now, this.#next);
    if (at > deadline) return false;
    this.#next = at + intervalMs;
    if (at > now) await sleep(at - now);
    return true;
  }
}
