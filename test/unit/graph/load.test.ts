import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findGraph, graphPath, loadGraph } from "@petstore/offline/graph/load";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sampleGraph } from "../../support/sample-graph.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "load-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(stage: string, text: string) {
  const file = join(root, graphPath(stage));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

it("a graph comes back as it was written", () => {
  write("offline", JSON.stringify(sampleGraph()));
  expect(loadGraph("offline", root)).toEqual(sampleGraph());
});

it("a missing graph says what to run", () => {
  expect(() => loadGraph("offline", root)).toThrow(
    "There is no infra/graph/offline.json: run npm run synth",
  );
  expect(() => loadGraph("ada", root)).toThrow("run npm run synth -- --stage ada");
  expect(findGraph("offline", root)).toBeUndefined();
});

it.each([
  ["text that is no JSON", "{"],
  ["JSON that is no graph", '{ "app": 1 }'],
])("%s is damaged, and says what to run", (_, text) => {
  write("offline", text);
  expect(() => loadGraph("offline", root)).toThrow(/is damaged: run npm run synth/);
  expect(findGraph("offline", root)).toBeUndefined();
});
