import { pack } from "@petstore/core/queue/batches";
import { toBody } from "@petstore/core/queue/send";
import { describe, expect, it } from "vitest";

describe("pack", () => {
  const words = (text: string) =>
    pack(text.split(" "), (word) => word.length, { items: 3, bytes: 6 });

  it.each([
    ["a b c", [["a", "b", "c"]]],
    ["a b c d", [["a", "b", "c"], ["d"]]],
    ["aaa bbb", [["aaa", "bbb"]]],
    ["aaa bbbb", [["aaa"], ["bbbb"]]],
    ["a bbbbbbb c", [["a"], ["bbbbbbb"], ["c"]]],
  ])("%s", (text, groups) => {
    expect(words(text)).toEqual(groups);
  });

  it("makes no group of nothing", () => {
    expect(pack([], () => 1, { items: 3, bytes: 6 })).toEqual([]);
  });
});

describe("a message's body", () => {
  const hostile = { "\u0000\u0008\ufffe": ["\uffff\uffff", "\ud800", "🐶", "\u007f\u2028"] };

  it("has only characters that SQS takes", () => {
    expect(toBody(hostile)).toMatch(
      /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u,
    );
  });

  it("says the same", () => {
    expect(JSON.parse(toBody(hostile))).toEqual(hostile);
  });
});
