import { Rows } from "@petstore/core/imports/rows";
import { describe, expect, it } from "vitest";

const rex = { name: "Rex", species: "dog" };
const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
/** A row of so many bytes as JSON. */
const ofBytes = (bytes: number) => "x".repeat(bytes - 2);

describe("the envelope", () => {
  it.each([
    ["an object", rex],
    ["null", null],
    ["text", "[]"],
    ["an empty array", []],
    ["nothing but blank lines", [undefined, undefined]],
    ["a row too many", Array.from({ length: 10_001 }, () => rex)],
  ])("refuses %s", (_, body) => {
    const { error } = Rows.safeParse(body);
    expect(error?.issues).toEqual([expect.objectContaining({ path: [] })]);
  });

  it("takes as many rows as are allowed, blank lines not counted", () => {
    const rows = Rows.parse([undefined, ...Array.from({ length: 10_000 }, () => rex)]);
    expect(rows).toHaveLength(10_000);
  });
});

describe("rows", () => {
  it("are numbered from 1, by line", () => {
    expect(Rows.parse([rex, undefined, 7, null])).toEqual([
      { row: 1, pet: rex },
      { row: 3, pet: 7 },
      { row: 4, pet: null },
    ]);
  });

  it.each([
    ["a broken line", new SyntaxError("Unexpected token"), "is not one JSON value in UTF-8"],
    ["a byte too many", ofBytes(16_385), "has 16385 bytes, more than the 16384 allowed"],
    [
      "few characters of many bytes",
      "é".repeat(8_192),
      "has 16386 bytes, more than the 16384 allowed",
    ],
    ["a level too many", nested(33), "is nested deeper than 32"],
    ["more levels than a stack has", nested(30_000), "is nested deeper than 32"],
  ])("with %s fail alone", (_, value, refused) => {
    expect(Rows.parse([rex, value, rex])).toEqual([
      { row: 1, pet: rex },
      { row: 2, refused },
      { row: 3, pet: rex },
    ]);
  });

  it.each([
    ["of the bytes allowed", ofBytes(16_384)],
    ["of the levels allowed", nested(32)],
  ])("%s travel", (_, value) => {
    expect(Rows.parse([value])).toEqual([{ row: 1, pet: value }]);
  });
});
