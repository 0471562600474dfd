import { gatherLines } from "@petstore/offline/util/lines";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("gatherLines", () => {
  it("writes lines together, in order and once", () => {
    const write = vi.fn();
    const lines = gatherLines(write);
    lines.write("one");
    lines.write("two");
    expect(write).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10);
    lines.write("three");
    vi.advanceTimersByTime(100);
    expect(write.mock.calls).toEqual([["one\ntwo\n"], ["three\n"]]);
  });

  it("writes collected lines on flush", () => {
    const write = vi.fn();
    const lines = gatherLines(write);
    lines.write("one");
    lines.flush();
    lines.flush();
    vi.advanceTimersByTime(100);
    expect(write.mock.calls).toEqual([["one\n"]]);
  });
});
