import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findGraph, graphPath, loadGraph } from "@petstore/offline/graph/load";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

describe("loadGraph", () => {
  it("reads a graph", () => {
    write("offline", JSON.stringify(sampleGraph()));
    expect(loadGraph("offline", root)).toEqual(sampleGraph());
  });

  it("throws an error that names the command to run if the file is missing", () => {
    expect(() => loadGraph("offline", root)).toThrow(
      "infra/graph/offline.json does not exist: run npm run synth.",
    );
    expect(() => loadGraph("ada", root)).toThrow("run npm run synth -- --stage ada");
    expect(findGraph("offline", root)).toBeUndefined();
  });

  it.each([
    ["text that is not JSON", "{"],
    ["JSON that is not a graph", '{ "app": 1 }'],
  ])("throws an error that names the command to run for %s", (_, text) => {
    write("offline", text);
    expect(() => loadGraph("offline", root)).toThrow(/is not a valid graph: run npm run synth/);
    expect(findGraph("offline", root)).toBeUndefined();
  });
});
