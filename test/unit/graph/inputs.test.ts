import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashInputs, isStale } from "@petstore/offline/graph/inputs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

describe("hashInputs and isStale", () => {
  it("hash files independent of their order", () => {
    expect(hashInputs(["b.ts", "a.ts"], root)).toBe(hashInputs(files, root));
  });

  it("report a graph as stale after a file changed", () => {
    const before = graph();
    expect(isStale(before, root)).toBe(false);
    write("b.ts", "B");
    expect(isStale(before, root)).toBe(true);
  });

  it("report a graph as stale after content moved from one file to the next", () => {
    const before = graph();
    write("a.ts", "ab");
    write("b.ts", "");
    expect(isStale(before, root)).toBe(true);
  });

  it("report a graph as stale after a file was deleted, also an empty one", () => {
    write("b.ts", "");
    const before = graph();
    rmSync(join(root, "b.ts"));
    expect(isStale(before, root)).toBe(true);
  });

  it("report a graph as stale after SST was updated", () => {
    const before = graph();
    write("node_modules/sst/package.json", '{ "version": "4.0.1" }');
    expect(isStale(before, root)).toBe(true);
  });

  it("throw an error that names the command to run if SST is not installed", () => {
    rmSync(join(root, "node_modules"), { recursive: true });
    expect(() => hashInputs(files, root)).toThrow(/npm ci/);
  });
});
