import { decodeCursor, encodeCursor } from "@petstore/core/pets/list";
import { describe, expect, it } from "vitest";

const position = "2026-01-02T03:04:05.678Z#0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b";
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("decodeCursor", () => {
  it("returns the position for the filter of the cursor", () => {
    const filter = { species: "cat", owner: "ann" } as const;
    expect(decodeCursor(encodeCursor(position, filter), filter)).toBe(position);
  });

  it("refuses a cursor of another filter", () => {
    const cursor = encodeCursor(position, { species: "cat" });
    expect(() => decodeCursor(cursor, { species: "dog" })).toThrow("filters");
    expect(() => decodeCursor(cursor, {})).toThrow("filters");
  });

  it.each([
    ["empty", ""],
    ["not base64url", "%%%"],
    ["not JSON", Buffer.from("{").toString("base64url")],
    ["of another type", encode({ position })],
    ["without a position", encode(["[null,null,null]", "zzz"])],
    ["longer than a position", encode(["[null,null,null]", `${position}~`])],
  ])("refuses a cursor that is %s", (_, cursor) => {
    expect(() => decodeCursor(cursor, {})).toThrow("nextCursor");
  });
});
