import { SHARD_END } from "@petstore/offline/services/dynamodb/stream/checkpoints";
import type { Shard } from "@petstore/offline/services/dynamodb/stream/client";
import { consumeShards } from "@petstore/offline/services/dynamodb/stream/shards";
import { describe, expect, it } from "vitest";
import { createTestClock } from "../../../support/clock.ts";

/** Resolves after all pending promises. */
const settle = () => new Promise(setImmediate);

const shard = (ShardId: string, ParentShardId?: string): Shard =>
  ParentShardId === undefined ? { ShardId } : { ShardId, ParentShardId };

/** Consumes shards that end when the test ends them. */
function consume(lists: Shard[][], positions: Record<string, string> = {}) {
  const events: string[] = [];
  const controller = new AbortController();
  const ends = new Map<string, () => void>();
  let listed = 0;
  const clock = createTestClock();
  const consuming = consumeShards(
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
    { clock, signal: controller.signal },
  );
  consuming.catch(() => {});
  return {
    events,
    listed: () => listed,
    end(id: string) {
      ends.get(id)?.();
      return settle();
    },
    advance: clock.advance,
    async close() {
      controller.abort();
      await expect(consuming).rejects.toThrow(/aborted/);
    },
  };
}

describe("consumeShards", () => {
  it("starts a child after its parent, and the other shards at once", async () => {
    const shards = [shard("a"), shard("b"), shard("a1", "a"), shard("a2", "a"), shard("b1", "b")];
    const consumed = consume([shards]);
    await settle();
    expect(consumed.events).toEqual(["start a", "start b"]);
    await consumed.end("a");
    expect(consumed.events.slice(2)).toEqual(["start a1", "start a2"]);
    await consumed.end("b");
    expect(consumed.events.slice(4)).toEqual(["start b1"]);
    await consumed.close();
  });

  it("does not wait for a parent that is gone, nor read a finished shard again", async () => {
    const consumed = consume([[shard("b", "a"), shard("c", "b"), shard("d", "c")]], {
      b: SHARD_END,
    });
    await settle();
    expect(consumed.events).toEqual(["start c"]);
    await consumed.close();
  });

  it("finds a child that appears later", async () => {
    const consumed = consume([[shard("a")], [shard("a")], [shard("a"), shard("a1", "a")]]);
    await settle();
    await consumed.end("a");
    await consumed.advance(1_000);
    expect(consumed.events).toEqual(["start a", "start a1"]);
    await consumed.close();
  });

  it("lists the shards only when one ends", async () => {
    const consumed = consume([[shard("a"), shard("b")]]);
    await settle();
    expect(consumed.listed()).toBe(1);
    await consumed.end("a");
    expect(consumed.listed()).toBe(2);
    await consumed.close();
  });
});
