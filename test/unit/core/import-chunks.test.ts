import { randomUUID } from "node:crypto";
import { cut, split } from "@petstore/core/imports/chunks";
import type { Row } from "@petstore/core/imports/rows";
import { toBody } from "@petstore/core/queue/send";
import { describe, expect, it } from "vitest";

const rowsOf = (count: number, pet: unknown = { name: "Rex" }): Row[] =>
  Array.from({ length: count }, (_, index) => ({ row: index + 1, pet }));

describe("split", () => {
  it.each([
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [125, [50, 50, 25]],
  ])("%i small rows into chunks of %j", (count, chunks) => {
    expect(split(rowsOf(count))).toEqual(chunks);
  });

  it("keeps every chunk of large rows within 200 KB, and loses none", () => {
    const rows = rowsOf(40, "é".repeat(8_000));
    const chunks = cut(rows, split(rows));
    expect(chunks.flat()).toEqual(rows);
    for (const chunk of chunks) {
      expect(Buffer.byteLength(JSON.stringify(chunk))).toBeLessThanOrEqual(200_002);
    }
    expect(chunks.length).toBe(4);
  });
});

describe("a chunk's message", () => {
  it("fits into 1 MiB when all of its text is of the characters that SQS needs escaped", () => {
    const rows = rowsOf(50, "\uffff".repeat(5_400));
    const lengths = split(rows);

    const sizes = cut(rows, lengths).map((rows, chunk) => {
      const message = { importId: randomUUID(), ownerId: "\uffff".repeat(256), chunk, rows };
      return Buffer.byteLength(toBody(message));
    });

    expect(Math.max(...sizes)).toBeGreaterThan(256 * 1024);
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
  });
});

describe("cut", () => {
  it.each([
    [[5], [["a", "b", "c", "d", "e"]]],
    [
      [2, 3],
      [
        ["a", "b"],
        ["c", "d", "e"],
      ],
    ],
    [
      [1, 1, 3],
      [["a"], ["b"], ["c", "d", "e"]],
    ],
  ])("by lengths %j, not by what split would choose", (lengths, chunks) => {
    expect(cut([..."abcde"], lengths)).toEqual(chunks);
  });
});
