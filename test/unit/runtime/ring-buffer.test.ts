import { createRingBuffer } from "@petstore/offline/runtime/history/ring-buffer";
import { expect, it } from "vitest";

it.each([
  [0, []],
  [2, [0, 1]],
  [3, [0, 1, 2]],
  [4, [1, 2, 3]],
  [10_001, [9_998, 9_999, 10_000]],
])("of %i that were added, the newest three are there", (count, expected) => {
  const buffer = createRingBuffer<number>(3);
  for (let n = 0; n < count; n++) buffer.add(n);
  expect(buffer.items()).toEqual(expected);
});
