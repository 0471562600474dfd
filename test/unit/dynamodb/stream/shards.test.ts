import { setTimeout as sleep } from "node:timers/promises";
import type { Shard } from "@petstore/offline/services/dynamodb/stream/api";
import { SHARD_END } from "@petstore/offline/services/dynamodb/stream/checkpoints";
import { followShards } from "@petstore/offline/services/dynamodb/stream/shards";
import { expect, it } from "vitest";

const shard = (ShardId: string, ParentShardId?: string): Shard =>
  ParentShardId === undefined ? { ShardId } : { ShardId, ParentShardId };

/** Follows shards that end when told to. */
function follow(lists: Shard[][], positions: Record<string, string> = {}) {
  const events: string[] = [];
  const controller = new AbortController();
  const ends = new Map<string, () => void>();
  let listed = 0;
  const following = followShards(
    async () => {
      listed++;
      return lists.length > 1 ? (lists.shift() as Shard[]) : (lists[0] as Shard[]);
    },
    (id) => positions[id] ?? "",
    (id) =>
      new Promise((resolve, reject) => {
        events.push(`start ${id}`);
        controller.signal.addEventListener("abort", () => reject(controller.signal.reason));
        ends.set(id, () => {
          positions[id] = SHARD_END;
          resolve();
        });
      }),
    controller.signal,
  );
  following.catch(() => {});
  return {
    events,
    listed: () => listed,
    end: async (id: string) => {
      ends.get(id)?.();
      await sleep(5);
    },
    async close() {
      controller.abort();
      await expect(following).rejects.toThrow(/aborted/);
    },
  };
}

it("a child begins when its parent is done; others at once", async () => {
  const shards = [shard("a"), shard("b"), shard("a1", "a"), shard("a2", "a"), shard("b1", "b")];
  const followed = follow([shards]);
  await sleep(5);
  expect(followed.events).toEqual(["start a", "start b"]);
  await followed.end("a");
  expect(followed.events.slice(2)).toEqual(["start a1", "start a2"]);
  await followed.end("b");
  expect(followed.events.slice(4)).toEqual(["start b1"]);
  await followed.close();
});

it("a parent that is no longer kept holds nobody up, and what is done is not read again", async () => {
  const followed = follow([[shard("b", "a"), shard("c", "b"), shard("d", "c")]], { b: SHARD_END });
  await sleep(5);
  expect(followed.events).toEqual(["start c"]);
  await followed.close();
});

it("a child that appears later is found", async () => {
  const followed = follow([[shard("a")], [shard("a")], [shard("a"), shard("a1", "a")]]);
  await sleep(5);
  await followed.end("a");
  await expect.poll(() => followed.events, { timeout: 3_000 }).toEqual(["start a", "start a1"]);
  await followed.close();
});

it("shards are listed when one ends, and not otherwise", async () => {
  const followed = follow([[shard("a"), shard("b")]]);
  await sleep(30);
  expect(followed.listed()).toBe(1);
  await followed.end("a");
  expect(followed.listed()).toBe(2);
  await followed.close();
});
