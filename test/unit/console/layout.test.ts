import { computeLayout } from "@petstore/offline/console/page/layout";
import { describe, expect, it } from "vitest";

const node = (id: string) => ({ id, kind: "function", name: id, link: "" });
const edges = (...pairs: string[]) =>
  pairs.map((pair) => {
    const [from = "", to = ""] = pair.split(" ");
    return { from, to, kind: "call" as const };
  });
const columns = (ids: string, ...pairs: string[]) =>
  Object.fromEntries(
    computeLayout([...ids].map(node), edges(...pairs)).nodes.map(({ id, column }) => [id, column]),
  );

describe("computeLayout", () => {
  it("places a node in the first column after one of its predecessors", () => {
    expect(columns("abcd", "a b", "b c", "a c", "c d")).toEqual({ a: 0, b: 1, c: 1, d: 2 });
  });

  it("places the nodes of a cycle where they are reached first", () => {
    expect(columns("abc", "a b", "b c", "c b")).toEqual({ a: 0, b: 1, c: 2 });
    expect(columns("ab", "a b", "b a")).toEqual({ a: 0, b: 1 });
  });

  it("places nodes without edges in the first column, and accepts an empty graph", () => {
    expect(columns("ab", "a b")).toEqual({ a: 0, b: 1 });
    expect(columns("x")).toEqual({ x: 0 });
    expect(computeLayout([], [])).toEqual({ nodes: [], groups: [], edges: [] });
  });

  it("gives nodes different places, and avoids crossing edges", () => {
    const { nodes: placed } = computeLayout([..."abxyz"].map(node), edges("a z", "b x", "a y"));
    const places = placed.map(({ column, row }) => `${column} ${row}`);
    expect(new Set(places).size).toBe(places.length);
    const rowOf = (name: string) => placed.find(({ id }) => id === name)?.row ?? 0;
    // Lines from a go to y and z, the one from b goes to x: none crosses another.
    expect(Math.sign(rowOf("b") - rowOf("a"))).toBe(Math.sign(rowOf("x") - rowOf("y")));
    expect(Math.sign(rowOf("b") - rowOf("a"))).toBe(Math.sign(rowOf("x") - rowOf("z")));
  });
});

describe("computeLayout for the functions of an API", () => {
  const api = { id: "api", kind: "api", name: "api", link: "" };
  const routes = ["a", "b", "c"].map((to) => ({ from: "api", to, kind: "route" as const }));
  const nodes = [api, ...[..."abcwt"].map(node)];

  it("groups them, and joins edges that lead to all of them", () => {
    const { groups, edges: drawn } = computeLayout(nodes, [
      ...routes,
      ...edges("w a", "w b", "w c", "w t", "a t"),
    ]);

    expect(groups).toEqual([{ id: "functions of api", members: new Set(["a", "b", "c"]) }]);
    const pairs = drawn.map(({ from, to }) => `${from} > ${to}`).toSorted();
    expect(pairs).toEqual(["a > t", "api > functions of api", "w > functions of api", "w > t"]);
  });

  it("does not join edges that lead to some of them", () => {
    const { edges: drawn } = computeLayout(nodes, [...routes, ...edges("w a", "w b")]);

    expect(drawn).toHaveLength(3);
  });

  it("places them next to each other, with space around them", () => {
    const { nodes: placed } = computeLayout(nodes, [...routes, ...edges("t a", "t w")]);

    const rowOf = (name: string) => placed.find(({ id }) => id === name)?.row ?? 0;
    const rows = ["a", "b", "c"].map(rowOf).toSorted((one, other) => one - other);
    expect((rows[2] ?? 0) - (rows[0] ?? 0)).toBe(2);
    for (const row of rows) expect(Math.abs(rowOf("w") - row)).toBeGreaterThan(1.5);
  });

  it("does not group two functions, or functions that a queue invokes as well", () => {
    expect(computeLayout(nodes, routes.slice(0, 2)).groups).toEqual([]);
    const consumed = { from: "t", to: "a", kind: "source" as const };
    expect(computeLayout(nodes, [...routes, consumed]).groups).toEqual([]);
  });
});
