import { isStale } from "@petstore/offline/graph/inputs";
import { expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";

it.each(["offline", "production"])("the graph of %s is of the files that are there", (stage) => {
  const message = `infra/graph/${stage}.json is stale: run npm run synth`;
  expect(isStale(graphOf(stage), projectRoot), message).toBe(false);
});
