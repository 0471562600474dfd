import { decodeCursor, encodeCursor } from "@petstore/core/pets/list";
import { describe, expect, it } from "vitest";

const position = "2026-01-02T03:04:05.678Z#0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b";
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("cursor", () => {
  it("brings back the position for the filter it was made for", () => {
    const filter = { species: "cat", owner: "ann" } as const;
    expect(decodeCursor(encodeCursor(position, filter), filter)).toBe(position);
  });

  it("is refused for another filter", () => {
    const cursor = encodeCursor(position, { species: "cat" });
    expect(() => decodeCursor(cursor, { species: "dog" })).toThrow("filters");
    expect(() => decodeCursor(cursor, {})).toThrow("filters");
  });

  it.each([
    ["empty", ""],
    ["no base64", "%%%"],
    ["no JSON", Buffer.from("{").toString("base64url")],
    ["another shape", encode({ position })],
    ["no position", encode(["[null,null,null]", "zzz"])],
    ["a position with more to it", encode(["[null,null,null]", `${position}~`])],
  ])("is refused when it is %s", (_, cursor) => {
    expect(() => decodeCursor(cursor, {})).toThrow("nextCursor");
  });
});
