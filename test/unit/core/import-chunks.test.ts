import { randomUUID } from "node:crypto";
import {
  Chunk,
  planChunks,
  splitIntoChunks,
  toChunkBody,
  toJson,
} from "@petstore/core/imports/chunks";
import { Rows } from "@petstore/core/imports/rows";
import { escapeJson } from "@petstore/core/queue/send";
import { describe, expect, it } from "vitest";

const petsOf = (count: number, pet: unknown = { name: "Rex" }) => Array<unknown>(count).fill(pet);
const rowsOf = (count: number, pet?: unknown) => Rows.parse(petsOf(count, pet));

describe("planChunks", () => {
  it.each([
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [125, [50, 50, 25]],
  ])("plans chunks for %i small rows: %j", (count, chunks) => {
    expect(planChunks(rowsOf(count))).toEqual(chunks);
  });

  it("plans chunks of at most 200 KB for large rows, without losing one", () => {
    const rows = rowsOf(40, "é".repeat(8_000));

    const chunks = splitIntoChunks(rows, planChunks(rows));

    expect(chunks.flat()).toEqual(rows);
    for (const chunk of chunks) {
      expect(Buffer.byteLength(toJson(chunk))).toBeLessThanOrEqual(200_002);
    }
    expect(chunks.length).toBe(4);
  });
});

describe("splitIntoChunks", () => {
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
  ])("splits by lengths %j", (lengths, chunks) => {
    expect(splitIntoChunks([..."abcde"], lengths)).toEqual(chunks);
  });
});

describe("toChunkBody", () => {
  const ids = { importId: randomUUID(), ownerId: "ann", chunk: 3 };

  it("returns a message that matches the schema of chunks", () => {
    const body = toChunkBody(ids, Rows.parse([{ name: "Rex" }, "é".repeat(10_000)]));

    expect(Chunk.parse(JSON.parse(body))).toEqual({
      ...ids,
      rows: [
        { row: 1, pet: { name: "Rex" } },
        { row: 2, refused: "has 20002 bytes, more than the 16384 allowed" },
      ],
    });
  });

  it("fits into 1 MiB when SQS needs every character of the rows escaped", () => {
    const rows = rowsOf(50, "\uffff".repeat(5_400));
    const ownerId = "\uffff".repeat(256);

    const sizes = splitIntoChunks(rows, planChunks(rows)).map((chunk, index) => {
      const body = toChunkBody({ importId: randomUUID(), ownerId, chunk: index }, chunk);
      return Buffer.byteLength(escapeJson(body));
    });

    expect(Math.max(...sizes)).toBeGreaterThan(256 * 1024);
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
  });
});

describe("toJson", () => {
  it("returns the same text as earlier versions, whose hash of it is stored with imports", () => {
    const values = [{ name: "Rex", tags: ["é", 1e21, null] }, "x".repeat(20_000), -0, "\ud800"];
    const refused = "has 20002 bytes, more than the 16384 allowed";
    const rows = values.map((pet, n) => (n === 1 ? { row: 2, refused } : { row: n + 1, pet }));

    expect(toJson(Rows.parse(values))).toBe(JSON.stringify(rows));
  });
});
