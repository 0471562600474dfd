import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isStale } from "@petstore/offline/graph/inputs";
import { loadGraph } from "@petstore/offline/graph/load";
import { formatPermissions } from "@petstore/offline/synth/permissions";
import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";

describe("generated files", () => {
  it.each(["offline", "production"])("have the current graph of %s", (stage) => {
    const message = `infra/graph/${stage}.json is stale: run npm run synth`;

    expect(isStale(graphOf(stage), projectRoot), message).toBe(false);
  });

  it("have the permissions of production's graph", () => {
    const file = readFileSync(join(projectRoot, "infra/PERMISSIONS.md"), "utf8");
    const message = "infra/PERMISSIONS.md is stale: run npm run synth";

    expect(file, message).toBe(formatPermissions(loadGraph("production", projectRoot)));
  });
});
