import { createRingBuffer } from "@petstore/offline/runtime/history/ring-buffer";
import { describe, expect, it } from "vitest";

describe("a ring buffer of three items", () => {
  it.each([
    [0, []],
    [2, [0, 1]],
    [3, [0, 1, 2]],
    [4, [1, 2, 3]],
    [10_001, [9_998, 9_999, 10_000]],
  ])("returns the newest three of %i added items", (count, expected) => {
    const buffer = createRingBuffer<number>(3);
    for (let n = 0; n < count; n++) buffer.add(n);
    expect(buffer.items()).toEqual(expected);
  });
});
