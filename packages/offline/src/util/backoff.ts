import { setTimeout as sleep } from "node:timers/promises";

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Waits longer with each attempt (0, 1, …), and no longer at all when the signal is given. */
export async function backoff(attempt: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  await sleep(ms, undefined, { signal }).catch(() => {});
}
