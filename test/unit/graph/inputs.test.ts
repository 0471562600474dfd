import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashInputs, isStale } from "@petstore/offline/graph/inputs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sampleGraph } from "../../support/sample-graph.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "inputs-"));
  mkdirSync(join(root, "node_modules/sst"), { recursive: true });
  write("node_modules/sst/package.json", '{ "version": "4.0.0" }');
  write("a.ts", "a");
  write("b.ts", "b");
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (file: string, text: string) => writeFileSync(join(root, file), text);
const files = ["a.ts", "b.ts"];
const graph = () => ({ ...sampleGraph(), inputs: { hash: hashInputs(files, root), files } });

it("the order of the files is of no matter", () => {
  expect(hashInputs(["b.ts", "a.ts"], root)).toBe(hashInputs(files, root));
});

it("a graph is fresh until a file changes", () => {
  const before = graph();
  expect(isStale(before, root)).toBe(false);
  write("b.ts", "B");
  expect(isStale(before, root)).toBe(true);
});

it("content that moves from one file to the next is a change", () => {
  const before = graph();
  write("a.ts", "ab");
  write("b.ts", "");
  expect(isStale(before, root)).toBe(true);
});

it("a file that is gone is a change, and not the same as an empty one", () => {
  write("b.ts", "");
  const before = graph();
  rmSync(join(root, "b.ts"));
  expect(isStale(before, root)).toBe(true);
});

it("another version of SST is a change", () => {
  const before = graph();
  write("node_modules/sst/package.json", '{ "version": "4.0.1" }');
  expect(isStale(before, root)).toBe(true);
});

it("without SST the message says what to run", () => {
  rmSync(join(root, "node_modules"), { recursive: true });
  expect(() => hashInputs(files, root)).toThrow(/npm ci/);
});
