import { batchShard } from "@petstore/offline/services/dynamodb/stream/batching";
import type { StreamRecord } from "@petstore/offline/services/dynamodb/stream/record";
import { createWaker } from "@petstore/offline/util/waker";
import { expect, it } from "vitest";

const page = (names: string) =>
  [...names].map((name) => ({ dynamodb: { SequenceNumber: name } }) as StreamRecord);

/** What becomes of these pages; lower case is what the filter keeps. */
async function batches(
  pages: string[],
  {
    batchSize = 100,
    windowMs = 0,
    bytes = 1,
  }: { batchSize?: number; windowMs?: number; bytes?: number } = {},
) {
  const happened: string[] = [];
  const waker = createWaker(new AbortController().signal);
  async function* read() {
    for (const names of pages) yield page(names);
  }
  await batchShard(read(), {
    batchSize,
    windowMs,
    select({ dynamodb: { SequenceNumber } }) {
      const json = "x".repeat(bytes);
      const kept = SequenceNumber === SequenceNumber.toLowerCase();
      return kept ? { sequenceNumber: SequenceNumber, createdAt: 0, json } : undefined;
    },
    async deliver(batch) {
      happened.push(batch.map(({ sequenceNumber }) => sequenceNumber).join(""));
    },
    done: (sequenceNumber) => happened.push(`done ${sequenceNumber}`),
    waker,
  });
  return happened;
}

it("what is there goes out at once", async () => {
  expect(await batches(["ab", "c"])).toEqual(["ab", "done b", "c", "done c"]);
});

it("in batches of the size that is set", async () => {
  expect(await batches(["abcde"], { batchSize: 2 })).toEqual(["ab", "cd", "e", "done e"]);
});

it("a window waits for more, across pages", async () => {
  const options = { windowMs: 60_000, batchSize: 4 };
  expect(await batches(["a", "bc", "", "def"], options)).toEqual(["abcd", "ef"]);
});

it("a window ends", async () => {
  expect(await batches(["a", "", "", "", "b"], { windowMs: 30 })).toEqual(["a", "b"]);
});

it("a payload stays under 6 MiB", async () => {
  expect(await batches(["abcde"], { bytes: 2.5 * 1024 * 1024 })).toEqual([
    "ab",
    "cd",
    "e",
    "done e",
  ]);
  expect(await batches(["ab"], { bytes: 7 * 1024 * 1024 })).toEqual(["a", "b", "done b"]);
});

it("records that are filtered out are done without a batch", async () => {
  expect(await batches(["AB", "cD"])).toEqual(["done B", "c", "done D"]);
});
