import { execFileSync } from "node:child_process";
import { breakingChanges } from "@petstore/core/openapi/breaking";
import { documentOf } from "@petstore/core/openapi/document";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../support/offline.ts";
import type { Document } from "../../support/openapi.ts";

const document = documentOf() as Document;

const git = (...args: string[]) =>
  execFileSync("git", args, {
    cwd: projectRoot,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

/** Returns the document of the commit that this branch started from, or the last committed one. */
function published(): Document {
  for (const branch of ["origin/main", "main"]) {
    try {
      const base = git("merge-base", "HEAD", branch).trim();
      return JSON.parse(git("show", `${base}:packages/core/openapi.json`));
    } catch {
      // No such branch, none in common with it, or no document in it.
    }
  }
  return undefined;
}

describe("the OpenAPI document", () => {
  const before = published();
  if (!before) console.warn("Not compared with an earlier OpenAPI document: git has none.");
  const majorOf = ({ info }: Document) => info.version.split(".")[0];

  it.skipIf(!before)("does not break clients unless its major version changes", () => {
    if (majorOf(before) === majorOf(document)) {
      expect(breakingChanges(before, document)).toEqual([]);
    }
  });
});

/** Returns what a change of the document breaks. */
function breaksOf(change: (document: Document) => void): string[] {
  const changed = structuredClone(document);
  change(changed);
  return breakingChanges(document, changed);
}

describe("breakingChanges", () => {
  it.each<[string, (document: Document) => void, string]>([
    [
      "a removed operation",
      ({ paths }) => delete paths["/api/pets"].get,
      "GET /api/pets was removed",
    ],
    [
      "a removed status",
      ({ paths }) => delete paths["/api/pets/{id}"].get.responses[304],
      "GET /api/pets/{id} 304 was removed",
    ],
    [
      "a removed response header",
      ({ paths }) => delete paths["/api/pets"].post.responses[201].headers.ETag,
      "POST /api/pets 201: the header ETag was removed",
    ],
    [
      "a removed response field",
      ({ components }) => delete components.schemas.Pet.properties.breed,
      "GET /api/pets/{id} 200 response: breed was removed",
    ],
    [
      "a response field that became optional",
      ({ components }) => components.schemas.Pet.required.pop(),
      "GET /api/pets 200 response/items/*: updatedAt may be absent now",
    ],
    [
      "a request field that became required",
      ({ components }) => components.schemas.NewPet.required.push("breed"),
      "POST /api/pets request: breed is required now",
    ],
    [
      "a new required parameter",
      ({ paths }) =>
        (paths["/api/inventory"].get.parameters = [{ name: "at", in: "query", required: true }]),
      "GET /api/inventory: query parameter at is required now",
    ],
    [
      "a removed value of an enum",
      ({ components }) => components.schemas.Species.enum.pop(),
      "GET /api/pets: query parameter species: other is not accepted any more",
    ],
    [
      "a tighter limit",
      ({ paths }) => {
        const { parameters } = paths["/api/pets"].get;
        parameters.find(({ name }: Document) => name === "limit").schema.maximum = 50;
      },
      "GET /api/pets: query parameter limit: maximum is now 50",
    ],
    [
      "a removed media type",
      ({ paths }) => delete paths["/api/imports"].post.requestBody.content["application/x-ndjson"],
      "POST /api/imports: the request in application/x-ndjson was removed",
    ],
  ])("reports %s", (_, change, message) => {
    expect(breaksOf(change)).toContain(message);
  });
});

it.each<[string, (document: Document) => void]>([
  ["no change", () => {}],
  ["a new operation", ({ paths }) => (paths["/api/new"] = paths["/api/pets"])],
  ["a new field in a response", ({ components }) => (components.schemas.Pet.properties.x = {})],
  [
    "a new optional parameter",
    ({ paths }) =>
      paths["/api/pets"].get.parameters.push({ name: "at", in: "query", required: false }),
  ],
])("reports nothing for %s", (_, change) => {
  expect(breaksOf(change)).toEqual([]);
});
