import { contract } from "@petstore/core/contract/contract";
import type { Operation } from "@petstore/core/contract/operation";
import { routes, type Scope } from "@petstore/core/contract/routes";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const operations = Object.entries<Operation>(contract);

describe.each(operations)("%s", (_, operation) => {
  it("declares a parameter for each one in its path, and no other", () => {
    const inPath = [...operation.route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(operation.params?.shape ?? {})).toEqual(inPath);
  });

  it("takes a body exactly where its method has one", () => {
    expect(operation.body !== undefined).toBe(/^(POST|PUT|PATCH) /.test(operation.route));
  });

  it("says so where it may not know who asks", () => {
    if (operation.scope) expect(operation.problems).toContain("not-authenticated");
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
  const declared: Record<string, { route: string; scope?: Scope }> = routes;
  for (const [name, { route, scope }] of operations) {
    expect(declared[name], name).toEqual(scope ? { route, scope } : { route });
  }
  expect(new Set(Object.values(routes).map(({ route }) => route)).size).toBe(operations.length);
});

const { createPet, replacePet, patchPet } = contract;
it.each([createPet, replacePet, patchPet])("takes the owner's address from $route", ({ body }) => {
  const schema = z.toJSONSchema(body.schema, { io: "input" });
  // Where the document has given it an id, the schema refers to itself by that.
  const { properties } = Object.values(schema.$defs ?? {}).find(hasOwner) ?? schema;
  expect(properties?.ownerEmail).toMatchObject({ writeOnly: true });
});
const hasOwner = ({ properties = {} }: z.core.JSONSchema.JSONSchema) => "ownerEmail" in properties;

it("shows the owner's address nowhere", () => {
  for (const { body } of operations.flatMap(([, { answers }]) => Object.values(answers))) {
    const schema = body && z.toJSONSchema(body, { unrepresentable: "any" });
    expect(JSON.stringify(schema) ?? "").not.toContain("ownerEmail");
  }
});
