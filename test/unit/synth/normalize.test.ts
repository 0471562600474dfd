import type { Graph } from "@petstore/offline/graph/graph";
import { listChanges, toGraph } from "@petstore/offline/synth/normalize";
import type { Recording } from "@petstore/offline/synth/record";
import { describe, expect, it } from "vitest";

describe("toGraph", () => {
  const inputs = { hash: "abc", files: ["sst.config.ts"] };

  function recording(parts: Partial<Recording> = {}): Recording {
    return {
      app: "shop",
      stage: "offline",
      region: "us-east-1",
      resources: [],
      builds: [],
      links: {},
      grants: {},
      ...parts,
    };
  }

  const resource = (type: string, name: string, state = {}) => ({ type, name, id: name, state });

  /** The state that a resource with `state` has in the graph, as text: the order of keys counts. */
  const stateOf = (state: object) =>
    JSON.stringify(
      toGraph(recording({ resources: [resource("t", "n", state)] }), inputs, "/home/ada/shop")
        .resources[0]?.state,
    );

  it("sorts resources and builds independent of the order of declaration", () => {
    const resources = [
      resource("b", "x"),
      resource("a", "y"),
      resource("a", "X"),
      resource("a", "x"),
    ];
    const builds = ["B", "A"].map((functionID) => ({
      functionID,
      handler: "h",
      runtime: "nodejs24.x",
      links: {},
    }));
    const graph = toGraph(recording({ resources, builds }), inputs, "/");
    const reversed = toGraph(
      recording({ resources: resources.toReversed(), builds: builds.toReversed() }),
      inputs,
      "/",
    );
    expect(JSON.stringify(graph)).toBe(JSON.stringify(reversed));
    expect(graph.resources.map(({ type, name }) => type + name)).toEqual(["aX", "ax", "ay", "bx"]);
  });

  it("sorts keys at every depth but not arrays", () => {
    expect(stateOf({ b: [{ d: 1, c: 2 }, 1], a: "" })).toBe('{"a":"","b":[{"c":2,"d":1},1]}');
  });

  it("omits unset values", () => {
    expect(stateOf({ a: undefined, b: null, c: { d: null }, e: false, f: 0 })).toBe(
      '{"c":{},"e":false,"f":0}',
    );
  });

  it("makes paths relative to the project", () => {
    expect(stateOf({ a: "/home/ada/shop/src/x.ts", b: "/home/ada/shopping" })).toBe(
      '{"a":"src/x.ts","b":"/home/ada/shopping"}',
    );
  });

  it("omits assets and the code of dynamic providers", () => {
    expect(
      stateOf({
        source: { __pulumiArchive: true, path: "/tmp/code.zip" },
        file: { __pulumiAsset: true },
        __provider: "exports.handler = …",
        key: "code.zip",
      }),
    ).toBe('{"key":"code.zip"}');
  });
});

describe("listChanges", () => {
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

  it("lists what was added, changed and removed", () => {
    const before = graph({ Same: { a: 1 }, Other: { a: 1 }, Gone: {} });
    const after = graph({ Same: { a: 1 }, Other: { a: 2 }, New: {} });
    expect(listChanges(before, after)).toEqual(["~ t Other", "+ t New", "- t Gone"]);
  });

  it("lists everything as added when there was no graph", () => {
    expect(listChanges(undefined, graph({ New: {} }))).toEqual(["+ t New"]);
  });
});
