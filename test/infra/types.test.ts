import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatEnvTypes } from "@petstore/offline/synth/env-types";
import { describe, expect, inject, it } from "vitest";
import { graphOf } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";

describe("sst-env.d.ts", () => {
  const committed = readFileSync(join(projectRoot, "sst-env.d.ts"), "utf8");

  it.each(["offline", "production"])("matches the links of stage %s", (stage) => {
    expect(formatEnvTypes(graphOf(stage).links)).toBe(committed);
  });

  // `sst dev` and `sst deploy` rewrite it from their stage, and the code must still compile.
  it("matches the links of a personal stage", () => {
    const { links } = inject("personalStage");

    expect(formatEnvTypes(links)).toBe(committed);
  });
});
