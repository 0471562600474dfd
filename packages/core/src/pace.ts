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
