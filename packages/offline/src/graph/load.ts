import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../util/user-error.ts";
import { Graph } from "./graph.ts";

/** Returns the file with the graph of a stage, relative to the project's root. */
export function graphPath(stage: string): string {
  return `infra/graph/${stage}.json`;
}

/**
 * Reads the graph of a stage.
 *
 * @throws {UserError} The file is missing or not a valid graph.
 */
export function loadGraph(stage: string, root: string = process.cwd()): Graph {
  const file = graphPath(stage);
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch {
    throw new UserError(`${file} does not exist: ${describeSynthCommand(stage)}`);
  }
  try {
    return Graph.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new UserError(`${file} is not a valid graph: ${describeSynthCommand(stage)}\n${reason}`);
  }
}

/** Returns the graph of a stage; undefined if its file is missing or not a valid graph. */
export function findGraph(stage: string, root: string = process.cwd()): Graph | undefined {
  try {
    return loadGraph(stage, root);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function describeSynthCommand(stage: string): string {
  const isDefault = stage === "offline" || stage === "production";
  return `run npm run synth${isDefault ? "" : ` -- --stage ${stage}`}.`;
}
