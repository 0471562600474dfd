import { parseNdjson } from "@petstore/functions/http/body";
import { describe, expect, it } from "vitest";

const malformed = (row: number) => ({ row, refused: "is not one JSON value in UTF-8" });
const valid = (row: number, value: unknown) => ({ row, value });

describe("parseNdjson", () => {
  it.each([
    ["an empty body", "", []],
    ["one line", "1", [valid(1, 1)]],
    ["one line with a line break", "1\n", [valid(1, 1)]],
    ["several lines", '{"a":1}\n[2]\nnull\n', [valid(1, { a: 1 }), valid(2, [2]), valid(3, null)]],
    ["lines that end with CR and LF", "1\r\n2\r\n", [valid(1, 1), valid(2, 2)]],
    ["blank lines, which it counts", "\n1\n \t\n2\n\n", [valid(2, 1), valid(4, 2)]],
    [
      "malformed lines among others",
      '1\n{"a":\n2 3\n4',
      [valid(1, 1), malformed(2), malformed(3), valid(4, 4)],
    ],
    [
      "a line that is nested deeper than a stack",
      `1\n${"[".repeat(1_000_000)}\n2`,
      [valid(1, 1), malformed(2), valid(3, 2)],
    ],
  ])("parses %s", (_, text, lines) => {
    expect(parseNdjson(Buffer.from(text))).toEqual(lines);
  });

  it("reports a line in Latin-1 as malformed, and parses the others", () => {
    const bytes = Buffer.concat([
      Buffer.from('"é"\n'),
      Buffer.from('"é"\n', "latin1"),
      Buffer.from('"ü"'),
    ]);

    expect(parseNdjson(bytes)).toEqual([valid(1, "é"), malformed(2), valid(3, "ü")]);
  });
});
