import { merge } from "@petstore/core/table/merge";
import { describe, expect, it } from "vitest";

async function* streamOf(values: number[], taken: number[] = []) {
  for (const value of values) {
    taken.push(value);
    yield value;
  }
}

const merged = (...streams: number[][]) =>
  Array.fromAsync(
    merge(
      streams.map((values) => streamOf(values)),
      (a, b) => a > b,
    ),
  );

describe("merge", () => {
  it("puts the values of all streams in one order", async () => {
    expect(await merged([9, 4, 1], [8, 7, 2], [6])).toEqual([9, 8, 7, 6, 4, 2, 1]);
  });

  it("passes over streams that have nothing", async () => {
    expect(await merged([], [2], [])).toEqual([2]);
    expect(await merged()).toEqual([]);
  });

  it("asks a stream for no more than what was taken from it, and one", async () => {
    const taken: number[] = [];
    const stream = merge([streamOf([9, 8, 7, 6], taken), streamOf([1])], (a, b) => a > b);
    await stream.next();
    await stream.next();
    expect(taken).toEqual([9, 8]);
  });
});
