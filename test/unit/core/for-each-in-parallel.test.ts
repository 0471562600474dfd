import { forEachInParallel } from "@petstore/core/concurrency";
import { expect, it } from "vitest";

it("calls the work for every item once, and not for more than the limit at a time", async () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  const finished: number[] = [];
  let running = 0;
  let most = 0;
  await forEachInParallel(items, 4, async (item) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running -= 1;
    finished.push(item);
  });
  expect(finished.toSorted((a, b) => a - b)).toEqual(items);
  expect(most).toBe(4);
});

it("starts no item after a failure, and waits for the running ones", async () => {
  const started: number[] = [];
  const ended: number[] = [];
  const { promise: slow, resolve } = Promise.withResolvers<void>();
  const work = forEachInParallel([1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    if (item === 1) throw new Error("first");
    await slow;
    ended.push(item);
  });
  setImmediate(resolve);
  await expect(work).rejects.toThrow("first");
  expect(started).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});
