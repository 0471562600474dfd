import fc from "fast-check";
import { AT_ONCE, anyRequests } from "./any-request.ts";
import type { Received } from "./send.ts";
import type { Api } from "./senders.ts";
import { anySequence } from "./sequences/sequences.ts";

/** Random requests per sequence. */
const RUNS_PER_SEQUENCE = 200;

/** The number of requests, and the seed. The same seed generates the same requests. */
export interface Effort {
  runs: number;
  seed: number;
}

/**
 * Sends random requests, and then sequences of requests that build on each other.
 *
 * @returns the number of responses by status
 * @throws Error with the undocumented response, the smallest request that causes it, and the seed
 */
export async function fuzz(api: Api, effort: Effort): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const count = ({ status }: Received) => statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const { seed, runs } = effort;
  await assert(anyRequests(api, count), { numRuns: Math.ceil(runs / AT_ONCE), seed });
  await assert(anySequence(api, count), { numRuns: Math.ceil(runs / RUNS_PER_SEQUENCE), seed });
  return statuses;
}

async function assert<T>(property: fc.IAsyncProperty<T>, parameters: fc.Parameters<T>) {
  const { failed, errorInstance, numRuns, seed } = await fc.check(property, {
    ...parameters,
    interruptAfterTimeLimit: 600_000,
  });
  if (!failed) return;
  const what = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  throw new Error(`After ${numRuns} runs of seed ${seed}:\n${what}`);
}
