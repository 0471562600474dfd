import { mergeSorted } from "@petstore/core/table/merge";
import { describe, expect, it } from "vitest";

async function* streamOf(values: number[], taken: number[] = []) {
  for (const value of values) {
    taken.push(value);
    yield value;
  }
}

const merged = (...streams: number[][]) =>
  Array.fromAsync(
    mergeSorted(
      streams.map((values) => streamOf(values)),
      (a, b) => a > b,
    ),
  );

describe("mergeSorted", () => {
  it("merges the values of all streams in order", async () => {
    expect(await merged([9, 4, 1], [8, 7, 2], [6])).toEqual([9, 8, 7, 6, 4, 2, 1]);
  });

  it("accepts empty streams", async () => {
    expect(await merged([], [2], [])).toEqual([2]);
    expect(await merged()).toEqual([]);
  });

  it("requests at most one value ahead of what was consumed", async () => {
    const taken: number[] = [];
    const stream = mergeSorted([streamOf([9, 8, 7, 6], taken), streamOf([1])], (a, b) => a > b);
    await stream.next();
    await stream.next();
    expect(taken).toEqual([9, 8]);
  });
});
