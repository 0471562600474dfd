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

/** The document that this branch began with, or the one committed last. */
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

describe("the document", () => {
  const before = published();
  if (!before) console.warn("Not compared with an earlier OpenAPI document: git has none.");
  const majorOf = ({ info }: Document) => info.version.split(".")[0];

  it.skipIf(!before)("breaks no client, unless it has a new major version", () => {
    if (majorOf(before) === majorOf(document)) {
      expect(breakingChanges(before, document)).toEqual([]);
    }
  });
});

/** What a change of the document breaks. */
function brokenBy(change: (document: Document) => void): string[] {
  const changed = structuredClone(document);
  change(changed);
  return breakingChanges(document, changed);
}

describe("what breaks clients:", () => {
  it.each<[string, (document: Document) => void, string]>([
    ["no operation", ({ paths }) => delete paths["/api/pets"].get, "GET /api/pets is gone"],
    [
      "no status",
      ({ paths }) => delete paths["/api/pets/{id}"].get.responses[304],
      "GET /api/pets/{id} 304 is gone",
    ],
    [
      "no header in a response",
      ({ paths }) => delete paths["/api/pets"].post.responses[201].headers.ETag,
      "POST /api/pets 201: no header ETag",
    ],
    [
      "no field in a response",
      ({ components }) => delete components.schemas.Pet.properties.breed,
      "GET /api/pets/{id} 200 response: no breed",
    ],
    [
      "a field that may be absent",
      ({ components }) => components.schemas.Pet.required.pop(),
      "GET /api/pets 200 response/items/*: updatedAt may be absent now",
    ],
    [
      "a field that is required",
      ({ components }) => components.schemas.NewPet.required.push("breed"),
      "POST /api/pets request: breed is required now",
    ],
    [
      "a new parameter that is required",
      ({ paths }) =>
        (paths["/api/inventory"].get.parameters = [{ name: "at", in: "query", required: true }]),
      "GET /api/inventory: query parameter at is required now",
    ],
    [
      "a choice less",
      ({ components }) => components.schemas.Species.enum.pop(),
      "GET /api/pets: query parameter species: other is not taken any more",
    ],
    [
      "a tighter limit",
      ({ paths }) => {
        const { parameters } = paths["/api/pets"].get;
        parameters.find(({ name }: Document) => name === "limit").schema.maximum = 50;
      },
      "GET /api/pets: query parameter limit: another maximum: 50",
    ],
    [
      "a format less",
      ({ paths }) => delete paths["/api/imports"].post.requestBody.content["application/x-ndjson"],
      "POST /api/imports: no request in application/x-ndjson",
    ],
  ])("%s", (_, change, told) => {
    expect(brokenBy(change)).toContain(told);
  });
});

it.each<[string, (document: Document) => void]>([
  ["nothing", () => {}],
  ["a new operation", ({ paths }) => (paths["/api/new"] = paths["/api/pets"])],
  ["a new field in a response", ({ components }) => (components.schemas.Pet.properties.x = {})],
  [
    "a new optional parameter",
    ({ paths }) =>
      paths["/api/pets"].get.parameters.push({ name: "at", in: "query", required: false }),
  ],
])("%s breaks no client", (_, change) => {
  expect(brokenBy(change)).toEqual([]);
});
