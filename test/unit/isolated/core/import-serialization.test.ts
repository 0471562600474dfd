import { toChunkBody, toJson } from "@petstore/core/imports/chunks";
import { Rows } from "@petstore/core/imports/rows";
import { afterEach, describe, expect, it, vi } from "vitest";

const stringify = vi.spyOn(JSON, "stringify");
afterEach(() => void stringify.mockClear());

describe("the rows of an import", () => {
  const pets = [{ name: "Rex" }, "é", { name: "\ud800" }];

  it("are serialised once each, with their size in bytes", () => {
    const rows = Rows.parse(pets);

    expect(stringify.mock.calls.map(([value]) => value)).toEqual(pets);
    expect(rows.map(({ bytes }) => bytes)).toEqual(rows.map(({ json }) => Buffer.byteLength(json)));
  });

  it("are not serialised again for the hash and the message", () => {
    const rows = Rows.parse(pets);
    stringify.mockClear();
    const ids = { importId: "05e9fe60-014c-849e-b483-77b2d3046d44", ownerId: "ann", chunk: 0 };

    toJson(rows);
    toChunkBody(ids, rows);

    expect(stringify.mock.calls.map(([value]) => value)).toEqual([ids]);
  });
});
