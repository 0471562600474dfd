import type { Clock } from "./clock.ts";

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/**
 * Waits before a retry: 100 ms, doubled with each attempt, at most 5 s.
 *
 * @param attempt failed attempts before this one: 0, 1, …
 * @param signal ends the wait; the returned promise then resolves as well
 */
export async function backOff(attempt: number, signal: AbortSignal, clock: Clock): Promise<void> {
  const ms = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  await clock.sleep(ms, signal).catch(() => {});
}
