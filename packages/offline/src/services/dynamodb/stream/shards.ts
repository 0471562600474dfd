import { setTimeout as sleep } from "node:timers/promises";
import type { Shard } from "./api.ts";
import { SHARD_END } from "./checkpoints.ts";

const PAUSE_MS = 1_000;

/**
 * Consumes all shards of a stream at once, but a child only after its parent is done, so that the
 * changes of an item stay in order. Shards are listed at the start and whenever one has ended: for
 * one engine that is a costly call.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 *
 * @param consume resolves when all of the shard is done and its position is `SHARD_END`
 * @returns never; rejects when `consume` or `list` does
 */
export async function followShards(
  list: () => Promise<Shard[]>,
  position: (shardId: string) => string,
  consume: (shardId: string) => Promise<void>,
  signal: AbortSignal,
): Promise<never> {
  const running = new Map<string, Promise<void>>();
  let ended = false;
  const start = (shardId: string) =>
    consume(shardId).finally(() => {
      ended = true;
      running.delete(shardId);
    });
  try {
    for (;;) {
      ended = false;
      const shards = await list();
      for (const { ShardId } of ready(shards, position)) {
        if (!running.has(ShardId)) running.set(ShardId, start(ShardId));
      }
      if (running.size === 0) await sleep(PAUSE_MS, undefined, { signal });
      else if (!ended) await Promise.race(running.values());
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}

/** Shards that are not done, whose parents are done or no longer kept. */
function ready(shards: Shard[], position: (shardId: string) => string): Shard[] {
  const undone = shards.filter(({ ShardId }) => position(ShardId) !== SHARD_END);
  const waiting = new Set(undone.map(({ ShardId }) => ShardId));
  return undone.filter(({ ParentShardId }) => !ParentShardId || !waiting.has(ParentShardId));
}
