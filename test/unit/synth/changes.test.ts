import type { Graph } from "@petstore/offline/graph/graph";
import { changes } from "@petstore/offline/synth/changes";
import { expect, it } from "vitest";

const graph = (states: Record<string, object>): Graph => ({
  app: "shop",
  stage: "offline",
  region: "us-east-1",
  inputs: { hash: "", files: [] },
  builds: [],
  links: {},
  grants: {},
  resources: Object.entries(states).map(([name, state]) => ({
    type: "t",
    name,
    id: name,
    state: { ...state },
  })),
});

it("tells what was added, changed and removed", () => {
  const before = graph({ Same: { a: 1 }, Other: { a: 1 }, Gone: {} });
  const after = graph({ Same: { a: 1 }, Other: { a: 2 }, New: {} });
  expect(changes(before, after)).toEqual(["~ t Other", "+ t New", "- t Gone"]);
});

it("without a graph before, everything is new", () => {
  expect(changes(undefined, graph({ New: {} }))).toEqual(["+ t New"]);
});
