import { decodeCursor, encodeCursor } from "@petstore/core/imports/get";
import {
  type ChunkResult,
  errorKey,
  type ImportItem,
  toImport,
} from "@petstore/core/imports/import-items";
import { describe, expect, it } from "vitest";

describe("errorKey", () => {
  it("sorts by row", () => {
    const keys = [1, 2, 10, 999, 1_000, 4_194_304].map((row) => errorKey("i", row).sk);
    expect(keys.toSorted()).toEqual(keys);
  });
});

describe("toImport", () => {
  const item: ImportItem = {
    id: "0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b",
    ownerId: "ann",
    createdAt: "2026-01-02T03:04:05.678Z",
    chunks: [50, 50, 7],
    requestHash: "hash",
    expiresAt: 1_769_915_046,
  };
  const result = (imported: number, failed: number, second: number): ChunkResult => ({
    imported,
    failed,
    completedAt: `2026-01-02T03:04:${second}.000Z`,
  });

  it.each<[ChunkResult[], object]>([
    [[], { state: "running", imported: 0, failed: 0 }],
    [[result(48, 2, 10)], { state: "running", imported: 48, failed: 2 }],
    [[result(50, 0, 10), result(50, 0, 11)], { state: "running", imported: 100, failed: 0 }],
    [
      [result(50, 0, 30), result(49, 1, 20), result(0, 7, 10)],
      { state: "completed", imported: 99, failed: 8, completedAt: "2026-01-02T03:04:30.000Z" },
    ],
  ])("returns the state with the results %j", (results, expected) => {
    const { id, createdAt } = item;
    expect(toImport(item, results)).toEqual({ id, createdAt, rows: 107, ...expected });
  });
});

describe("decodeCursor", () => {
  it.each([1, 20, 9_999_999])("returns row %i", (row) => {
    expect(decodeCursor(encodeCursor(row))).toBe(row);
  });

  it.each(["", "x", "7", "%00", encodeCursor(0), encodeCursor(12_345_678), encodeCursor(1.5)])(
    "refuses %j",
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(expect.objectContaining({ type: "bad-cursor" }));
    },
  );
});
