import { formatItemKey, orderAttributes } from "@petstore/offline/services/dynamodb/panel-data";
import { plural } from "@petstore/offline/util/plural";
import { describe, expect, it } from "vitest";

const keys = [
  { partition: "pk", sort: "sk" },
  { index: "byName", partition: "gsi1pk", sort: "gsisk" },
  { index: "byOwner", partition: "gsi2pk", sort: "gsisk" },
];
const item = { name: "Rex", gsisk: "2026", age: 3, gsi1pk: "pets", sk: "pet", pk: "pet#1" };

describe("an item in the console", () => {
  it("lists its key first, then the keys of indexes, then other attributes by name", () => {
    expect(Object.keys(orderAttributes(item, keys))).toEqual([
      ...["pk", "sk", "gsi1pk", "gsisk", "age", "name"],
    ]);
    expect(orderAttributes(item, keys)).toEqual(item);
  });

  it("is titled by its key", () => {
    expect(formatItemKey(item, keys)).toBe("pet#1 · pet");
    expect(formatItemKey({ id: 7 }, [{ partition: "id" }])).toBe("7");
  });
});

describe("plural", () => {
  it.each([
    [0, "0 invocations"],
    [1, "1 invocation"],
    [2, "2 invocations"],
  ])("formats %d as %s", (count, text) => {
    expect(plural(count, "invocation")).toBe(text);
  });
});
