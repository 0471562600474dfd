import { deliverInBatches } from "@petstore/offline/services/dynamodb/stream/batching";
import type { StreamRecord } from "@petstore/offline/services/dynamodb/stream/client";
import { createWaker } from "@petstore/offline/util/waker";
import { describe, expect, it } from "vitest";
import { createTestClock } from "../../../support/clock.ts";

const page = (names: string) =>
  [...names].map((name) => ({ dynamodb: { SequenceNumber: name } }) as StreamRecord);

/** Returns the batches and checkpoints for these pages. The filter drops records in upper case. */
async function batches(
  pages: string[],
  {
    batchSize = 100,
    windowMs = 0,
    bytes = 1,
  }: { batchSize?: number; windowMs?: number; bytes?: number } = {},
) {
  const events: string[] = [];
  const clock = createTestClock();
  clock.sleep = clock.advance;
  const waker = createWaker(new AbortController().signal, clock);
  async function* read() {
    for (const names of pages) yield page(names);
  }
  await deliverInBatches(read(), {
    batchSize,
    windowMs,
    toBatchRecord({ dynamodb: { SequenceNumber } }) {
      const json = "x".repeat(bytes);
      const matches = SequenceNumber === SequenceNumber.toLowerCase();
      return matches ? { sequenceNumber: SequenceNumber, createdAt: 0, json } : undefined;
    },
    async deliver(batch) {
      events.push(batch.map(({ sequenceNumber }) => sequenceNumber).join(""));
    },
    saveCheckpoint: (sequenceNumber) => events.push(`checkpoint ${sequenceNumber}`),
    waker,
    clock,
  });
  return events;
}

describe("deliverInBatches", () => {
  it("delivers available records at once", async () => {
    expect(await batches(["ab", "c"])).toEqual(["ab", "checkpoint b", "c", "checkpoint c"]);
  });

  it("delivers batches of the configured size", async () => {
    expect(await batches(["abcde"], { batchSize: 2 })).toEqual(["ab", "cd", "e", "checkpoint e"]);
  });

  it("waits for more records within the window, across pages", async () => {
    const options = { windowMs: 60_000, batchSize: 4 };
    expect(await batches(["a", "bc", "", "def"], options)).toEqual(["abcd", "ef"]);
  });

  it("delivers an incomplete batch at the end of the window", async () => {
    expect(await batches(["a", "", "", "", "b"], { windowMs: 30 })).toEqual(["a", "b"]);
  });

  it("limits a payload to 6 MiB", async () => {
    expect(await batches(["abcde"], { bytes: 2.5 * 1024 * 1024 })).toEqual([
      "ab",
      "cd",
      "e",
      "checkpoint e",
    ]);
    expect(await batches(["ab"], { bytes: 7 * 1024 * 1024 })).toEqual(["a", "b", "checkpoint b"]);
  });

  it("saves a checkpoint for records that match no filter", async () => {
    expect(await batches(["AB", "cD"])).toEqual(["checkpoint B", "c", "checkpoint D"]);
  });
});
