import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../util/user-error.ts";
import { Graph } from "./graph.ts";

/** Where the graph of a stage is kept, relative to the project's root. */
export function graphPath(stage: string): string {
  return `infra/graph/${stage}.json`;
}

/**
 * Reads the graph of a stage.
 *
 * @throws UserError if it is missing or not a graph.
 */
export function loadGraph(stage: string, root: string = process.cwd()): Graph {
  const file = graphPath(stage);
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch {
    throw new UserError(`There is no ${file}: ${describeSynthCommand(stage)}`);
  }
  try {
    return Graph.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new UserError(`${file} is damaged: ${describeSynthCommand(stage)}\n${reason}`);
  }
}

/** The graph of a stage if there is a sound one. */
export function findGraph(stage: string, root: string = process.cwd()): Graph | undefined {
  try {
    return loadGraph(stage, root);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function describeSynthCommand(stage: string): string {
  return `run npm run synth${stage === "offline" || stage === "production" ? "" : ` -- --stage ${stage}`}`;
}
