import { eachInParallel } from "@petstore/core/concurrency";
import { expect, it } from "vitest";

it("does the work for every item once, never more than so many at a time", async () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  const done: number[] = [];
  let atATime = 0;
  let most = 0;
  await eachInParallel(items, 4, async (item) => {
    most = Math.max(most, ++atATime);
    await new Promise(setImmediate);
    atATime -= 1;
    done.push(item);
  });
  expect(done.toSorted((a, b) => a - b)).toEqual(items);
  expect(most).toBe(4);
});

it("begins nothing after a failure, and waits for what is under way", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const { promise: slow, resolve } = Promise.withResolvers<void>();
  const work = eachInParallel([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("first");
    await slow;
    ended.push(item);
  });
  setImmediate(resolve);
  await expect(work).rejects.toThrow("first");
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});
