import type { Graph } from "@petstore/offline/graph/graph";
import type { TestProject } from "vitest/node";
import { synthesizeVariant } from "../support/variant.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The graph of a stage that is neither offline nor production. */
    personalStage: Graph;
  }
}

/** Synthesizes the personal stage once for all tests of the infrastructure. */
export default async function setup({ provide }: TestProject) {
  provide("personalStage", await synthesizeVariant("alice"));
}
