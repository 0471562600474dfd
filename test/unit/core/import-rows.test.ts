import { type ParsedLine, RowLines, Rows } from "@petstore/core/imports/rows";
import { describe, expect, it } from "vitest";

const rex = { name: "Rex", species: "dog" };
const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
/** Returns a row with a number of bytes as JSON. */
const ofBytes = (bytes: number) => "x".repeat(bytes - 2);

const parseRows = (body: unknown) => Rows.parse(body).map(({ json }) => JSON.parse(json));
const parseLines = (lines: ParsedLine[]) =>
  RowLines.parse(lines).map(({ json }) => JSON.parse(json));

describe("Rows", () => {
  it.each([
    ["an object", rex],
    ["null", null],
    ["a text", "[]"],
    ["an empty array", []],
    ["10,001 rows", Array.from({ length: 10_001 }, () => rex)],
  ])("refuses %s", (_, body) => {
    const { error } = Rows.safeParse(body);

    expect(error?.issues).toEqual([expect.objectContaining({ path: [] })]);
  });

  it("numbers the rows of an array from 1", () => {
    expect(parseRows([rex, 7, null])).toEqual([
      { row: 1, pet: rex },
      { row: 2, pet: 7 },
      { row: 3, pet: null },
    ]);
  });

  it.each([
    ["16,385 bytes", ofBytes(16_385), "has 16385 bytes, more than the 16384 allowed"],
    [
      "few characters with many bytes",
      "é".repeat(8_192),
      "has 16386 bytes, more than the 16384 allowed",
    ],
    ["33 levels of nesting", nested(33), "is nested deeper than 32"],
    ["more levels of nesting than a stack", nested(30_000), "is nested deeper than 32"],
  ])("refuses a row of %s without affecting the others", (_, value, refused) => {
    expect(parseRows([rex, value, rex])).toEqual([
      { row: 1, pet: rex },
      { row: 2, refused },
      { row: 3, pet: rex },
    ]);
  });

  it.each([
    ["16,384 bytes", ofBytes(16_384)],
    ["32 levels of nesting", nested(32)],
  ])("accepts a row of %s", (_, value) => {
    expect(parseRows([value])).toEqual([{ row: 1, pet: value }]);
  });
});

describe("RowLines", () => {
  it("keeps the line numbers, and refuses a malformed line without affecting the others", () => {
    const lines = [
      { row: 1, value: rex },
      { row: 3, refused: "is not one JSON value in UTF-8" },
      { row: 4, value: null },
    ];

    expect(parseLines(lines)).toEqual([
      { row: 1, pet: rex },
      { row: 3, refused: "is not one JSON value in UTF-8" },
      { row: 4, pet: null },
    ]);
  });

  it("refuses a body without lines", () => {
    expect(RowLines.safeParse([]).success).toBe(false);
  });

  it("counts only rows towards the limit, not line numbers", () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => ({ row: 2 * n + 2, value: rex }));

    expect(RowLines.parse(lines)).toHaveLength(10_000);
  });
});
