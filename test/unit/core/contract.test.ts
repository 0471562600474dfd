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

  it("declares a body if its method has one", () => {
    expect(operation.body !== undefined).toBe(/^(POST|PUT|PATCH) /.test(operation.route));
  });

  it("declares not-authenticated if it requires a scope", () => {
    if (operation.scope) expect(operation.problems).toContain("not-authenticated");
  });

  it("declares headers in lower case", () => {
    const names = [
      ...Object.keys(operation.headers?.shape ?? {}),
      ...Object.values(operation.responses).flatMap(({ headers }) =>
        Object.keys(headers?.shape ?? {}),
      ),
    ];
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
  });
});

it("the contract has the route of each name, and one operation for each route", () => {
  const declared: Record<string, { route: string; scope?: Scope }> = routes;
  for (const [name, { route, scope }] of operations) {
    expect(declared[name], name).toEqual(scope ? { route, scope } : { route });
  }
  expect(new Set(Object.values(routes).map(({ route }) => route)).size).toBe(operations.length);
});

const { createPet, replacePet, patchPet } = contract;
it.each([createPet, replacePet, patchPet])("$route accepts the owner's address", ({ body }) => {
  const schema = z.toJSONSchema(body.schema, { io: "input" });
  // If the OpenAPI document has named the schema, it is in $defs.
  const { properties } = Object.values(schema.$defs ?? {}).find(hasOwner) ?? schema;
  expect(properties?.ownerEmail).toMatchObject({ writeOnly: true });
});
const hasOwner = ({ properties = {} }: z.core.JSONSchema.JSONSchema) => "ownerEmail" in properties;

it("no response contains the owner's address", () => {
  for (const { body } of operations.flatMap(([, { responses }]) => Object.values(responses))) {
    const schema = body && z.toJSONSchema(body, { unrepresentable: "any" });
    expect(JSON.stringify(schema) ?? "").not.toContain("ownerEmail");
  }
});
