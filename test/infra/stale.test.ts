import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isStale } from "@petstore/offline/graph/inputs";
import { loadGraph } from "@petstore/offline/graph/load";
import { permissionsTable } from "@petstore/offline/synth/permissions";
import { expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";

it.each(["offline", "production"])("the graph of %s is of the files that are there", (stage) => {
  const message = `infra/graph/${stage}.json is stale: run npm run synth`;
  expect(isStale(graphOf(stage), projectRoot), message).toBe(false);
});

it("the table of permissions is of the graph of production", () => {
  const file = readFileSync(join(projectRoot, "infra/PERMISSIONS.md"), "utf8");
  const message = "infra/PERMISSIONS.md is stale: run npm run synth";
  expect(file, message).toBe(permissionsTable(loadGraph("production", projectRoot)));
});
