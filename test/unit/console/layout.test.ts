import { layOut } from "@petstore/offline/console/page/layout";
import { expect, test } from "vitest";

const node = (id: string) => ({ id, kind: "function" as const, name: id });
const edges = (...pairs: string[]) =>
  pairs.map((pair) => {
    const [from = "", to = ""] = pair.split(" ");
    return { from, to, kind: "call" as const };
  });
const columns = (ids: string, ...pairs: string[]) =>
  Object.fromEntries(
    layOut([...ids].map(node), edges(...pairs)).map(({ id, column }) => [id, column]),
  );

test("what is reached comes after what reaches it, as near to the beginning as it can", () => {
  expect(columns("abcd", "a b", "b c", "a c", "c d")).toEqual({ a: 0, b: 1, c: 1, d: 2 });
});

test("a circle ends, and so does one that nothing leads to", () => {
  expect(columns("abc", "a b", "b c", "c b")).toEqual({ a: 0, b: 1, c: 2 });
  expect(columns("ab", "a b", "b a")).toEqual({ a: 0, b: 1 });
});

test("what has no edges is in the first column, and nothing is nothing", () => {
  expect(columns("ab", "a b")).toEqual({ a: 0, b: 1 });
  expect(columns("x")).toEqual({ x: 0 });
  expect(layOut([], [])).toEqual([]);
});

test("no two nodes are in one place, and neighbours are near", () => {
  const placed = layOut([..."abxyz"].map(node), edges("a z", "b x", "a y"));
  const places = placed.map(({ column, row }) => `${column} ${row}`);
  expect(new Set(places).size).toBe(places.length);
  const rowOf = (name: string) => placed.find(({ id }) => id === name)?.row ?? 0;
  // Lines from a go to y and z, the one from b goes to x: none crosses another.
  expect(Math.sign(rowOf("b") - rowOf("a"))).toBe(Math.sign(rowOf("x") - rowOf("y")));
  expect(Math.sign(rowOf("b") - rowOf("a"))).toBe(Math.sign(rowOf("x") - rowOf("z")));
});
