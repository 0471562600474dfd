import { contract } from "@petstore/core/contract/contract";
import type { Operation } from "@petstore/core/contract/operation";
import { routes } from "@petstore/core/contract/routes";
import { describe, expect, it } from "vitest";

const operations = Object.entries<Operation>(contract);

describe.each(operations)("%s", (_, operation) => {
  it("declares a parameter for each one in its path, and no other", () => {
    const inPath = [...operation.route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(operation.params?.shape ?? {})).toEqual(inPath);
  });

  it("takes a body exactly where its method has one", () => {
    expect(operation.body !== undefined).toBe(/^(POST|PUT|PATCH) /.test(operation.route));
  });

  it("names headers in lower case, as they arrive", () => {
    const names = [
      ...Object.keys(operation.headers?.shape ?? {}),
      ...Object.values(operation.answers).flatMap(({ headers }) =>
        Object.keys(headers?.shape ?? {}),
      ),
    ];
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
  });
});

it("gives each operation the route of its name, and each route to one operation", () => {
  expect(Object.fromEntries(operations.map(([name, { route }]) => [name, route]))).toEqual(routes);
  expect(new Set(Object.values(routes)).size).toBe(operations.length);
});
