import { readFileSync } from "node:fs";
import { contract } from "@petstore/core/contract/contract";
import type { Operation } from "@petstore/core/contract/operation";
import { documentOf, textOf } from "@petstore/core/openapi/document";
import { problemsOf } from "@petstore/core/openapi/problems";
import { catalogue } from "@petstore/core/problems/problem";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { ajvOf, type Document } from "../../support/openapi.ts";

const document = documentOf() as Document;
const operations = Object.entries<Operation>(contract);

it("is what the code says: npm run openapi writes it anew", () => {
  const file = new URL(import.meta.resolve("@petstore/core/openapi.json"));
  expect(readFileSync(file, "utf8")).toBe(textOf(document));
});

it("is OpenAPI 3.1 by the letter of its schema", async () => {
  expect(await new Validator().validate(document)).toEqual({ valid: true });
});

it("says what a token must be good for, and what is said without one", async () => {
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

it("asks for a token nowhere else, and takes one where a list may be the caller's own", () => {
  const { get } = document.paths["/api/pets"];
  expect(get.security).toEqual([{}, { token: [] }]);
  expect(get.responses[401].$ref).toMatch(/\/not-authenticated$/);
  expect(document.paths["/api/pets/{id}"].get.security).toEqual([]);
});

it("tells how the limit of an import counts bytes, and of no other operation", () => {
  const bodies = Object.values<Document>(document.paths).flatMap((item) =>
    Object.values<Document>(item).flatMap(({ operationId, requestBody }) =>
      requestBody?.description.includes("6 MiB") ? [operationId] : [],
    ),
  );
  expect(bodies).toEqual(["createImport"]);
});

it("tells of HEAD, and of methods that there are not", () => {
  expect(document.info.description).toMatch(/sent as HEAD/);
  expect(document.info.description).toContain('{"message":"Not Found"}');
});

it("shows an owner's address to nobody", () => {
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

  it("is described, with every status", () => {
    expect(described.operationId).toBe(name);
    const problems = problemsOf(operation).map((type) => catalogue[type].status);
    expect(Object.keys(described.responses).map(Number)).toEqual(
      expect.arrayContaining([...Object.keys(operation.answers).map(Number), ...problems]),
    );
  });

  it("has parameters for all it takes, and headers for all it answers", () => {
    const taken = [operation.params, operation.query, operation.headers].flatMap((object) =>
      Object.keys(object?.shape ?? {}),
    );
    const told = described.parameters.map((one: Document) => (one.name ?? one.$ref).toLowerCase());
    expect(told.pop()).toBe("#/components/parameters/x-correlation-id");
    expect(told).toEqual(taken.filter((one) => !/^(accept-encoding|authorization)$/.test(one)));
    for (const [status, { headers }] of Object.entries(operation.answers)) {
      const names = Object.keys(resolve(status).headers).map((one) => one.toLowerCase());
      const answered = Object.keys(headers?.shape ?? {}).filter(
        (one) => one !== "content-type" && one !== "vary",
      );
      expect(names).toEqual([...answered, "vary", "x-correlation-id", "apigw-requestid"]);
    }
  });

  it("has an example of each JSON body, true to its schema", () => {
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
