import { readFileSync } from "node:fs";
import { contract } from "@petstore/core/contract/contract";
import type { Operation } from "@petstore/core/contract/operation";
import { documentOf, toText } from "@petstore/core/openapi/document";
import { problemsOf } from "@petstore/core/openapi/problems";
import { catalogue } from "@petstore/core/problems/problem";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { ajvOf, type Document } from "../../support/openapi.ts";

const document = documentOf() as Document;
const operations = Object.entries<Operation>(contract);

it("is up to date (npm run openapi)", () => {
  const file = new URL(import.meta.resolve("@petstore/core/openapi.json"));
  expect(readFileSync(file, "utf8")).toBe(toText(document));
});

it("matches the schema of OpenAPI 3.1", async () => {
  expect(await new Validator().validate(document)).toEqual({ valid: true });
});

it("names the scope of an operation, and the responses without it", async () => {
  const { paths, components } = document;
  expect(components.securitySchemes.token).toMatchObject({ type: "http", scheme: "bearer" });
  const { security, responses } = paths["/api/pets/{id}"].patch;
  expect(security).toEqual([{ token: ["pets:write"] }, { token: ["pets:admin"] }]);
  for (const status of [401, 403]) {
    const { headers, content } = components.responses[responses[status].$ref.split("/").at(-1)];
    expect(Object.keys(headers)).toContain("Www-Authenticate");
    expect(Object.keys(content)).toEqual(["application/problem+json", "application/json"]);
  }
});

it("requires no token for reads, and allows one for the list of the caller's pets", () => {
  const { get } = document.paths["/api/pets"];
  expect(get.security).toEqual([{}, { token: [] }]);
  expect(get.responses[401].$ref).toMatch(/\/not-authenticated$/);
  expect(document.paths["/api/pets/{id}"].get.security).toEqual([]);
});

it("describes how the limit of an import counts bytes, only for that operation", () => {
  const bodies = Object.values<Document>(document.paths).flatMap((item) =>
    Object.values<Document>(item).flatMap(({ operationId, requestBody }) =>
      requestBody?.description.includes("6 MiB") ? [operationId] : [],
    ),
  );
  expect(bodies).toEqual(["createImport"]);
});

it("describes HEAD and unsupported methods", () => {
  expect(document.info.description).toMatch(/sent as HEAD/);
  expect(document.info.description).toContain('{"message":"Not Found"}');
});

it("has no response with the owner's address", () => {
  const { NewPet, PetReplacement, PetPatch, Pet } = document.components.schemas;
  for (const { properties } of [NewPet, PetReplacement, PetPatch]) {
    expect(properties.ownerEmail.writeOnly).toBe(true);
  }
  expect(Object.keys(Pet.properties)).not.toContain("ownerEmail");
});

describe.each(operations)("%s", (name, operation) => {
  const [method, path] = operation.route.toLowerCase().split(" ") as [string, string];
  const described = document.paths[path][method];
  const resolve = (status: string | number) => {
    const response = described.responses[status];
    return response.$ref
      ? document.components.responses[response.$ref.split("/").at(-1)]
      : response;
  };

  it("has every status", () => {
    expect(described.operationId).toBe(name);
    const problems = problemsOf(operation).map((type) => catalogue[type].status);
    expect(Object.keys(described.responses).map(Number)).toEqual(
      expect.arrayContaining([...Object.keys(operation.responses).map(Number), ...problems]),
    );
  });

  it("has all parameters, and all response headers", () => {
    const taken = [operation.params, operation.query, operation.headers].flatMap((object) =>
      Object.keys(object?.shape ?? {}),
    );
    const names = described.parameters.map((one: Document) => (one.name ?? one.$ref).toLowerCase());
    expect(names.pop()).toBe("#/components/parameters/x-correlation-id");
    expect(names).toEqual(taken.filter((one) => !/^(accept-encoding|authorization)$/.test(one)));
    for (const [status, { headers }] of Object.entries(operation.responses)) {
      const names = Object.keys(resolve(status).headers).map((one) => one.toLowerCase());
      const answered = Object.keys(headers?.shape ?? {}).filter(
        (one) => one !== "content-type" && one !== "vary",
      );
      expect(names).toEqual([...answered, "vary", "x-correlation-id", "apigw-requestid"]);
    }
  });

  it("has an example of each JSON body that matches its schema", () => {
    const { compile } = ajvOf(document);
    const contents = [described.requestBody, ...Object.keys(described.responses).map(resolve)];
    for (const content of contents.flatMap((one) => Object.entries<Document>(one?.content ?? {}))) {
      const [type, { schema, example, examples }] = content;
      if (!type.endsWith("json")) continue;
      const values = examples
        ? Object.keys(examples).map((one) => document.components.examples[one].value)
        : [example];
      for (const value of values) {
        expect(value, `${type} ${JSON.stringify(schema)}`).toBeDefined();
        expect(compile(schema)(JSON.parse(JSON.stringify(value)))).toEqual([]);
      }
    }
  });
});
