import { groupIntoBatches } from "@petstore/core/queue/batches";
import { escapeJson } from "@petstore/core/queue/send";
import { describe, expect, it } from "vitest";

describe("groupIntoBatches", () => {
  const limit = { items: 3, bytes: 6 };

  it.each([
    ["a b c", [["a", "b", "c"]]],
    ["a b c d", [["a", "b", "c"], ["d"]]],
    ["aaa bbb", [["aaa", "bbb"]]],
    ["aaa bbbb", [["aaa"], ["bbbb"]]],
    ["a bbbbbbb c", [["a"], ["bbbbbbb"], ["c"]]],
  ])("groups %s into as few batches as the limits allow", (text, batches) => {
    expect(groupIntoBatches(text.split(" "), (word) => word.length, limit)).toEqual(batches);
  });

  it("returns no batch for no items", () => {
    expect(groupIntoBatches([], () => 1, limit)).toEqual([]);
  });
});

describe("escapeJson", () => {
  const hostile = { "\u0000\u0008\ufffe": ["\uffff\uffff", "\ud800", "🐶", "\u007f\u2028"] };
  const json = JSON.stringify(hostile);

  it("returns only characters that SQS accepts", () => {
    expect(escapeJson(json)).toMatch(
      /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u,
    );
  });

  it("returns JSON of the same value", () => {
    expect(JSON.parse(escapeJson(json))).toEqual(hostile);
  });
});
