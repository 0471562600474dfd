import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../util/user-error.ts";
import type { Graph } from "./graph.ts";

/** The version of SST that is installed in the project at `root`, for example `4.17.1`. */
export function readSstVersion(root: string): string {
  try {
    return JSON.parse(readFileSync(join(root, "node_modules/sst/package.json"), "utf8")).version;
  } catch {
    throw new UserError(`The sst package is not installed in ${root}: run npm ci`);
  }
}

/**
 * One hash over everything a graph is computed from: the project's files and SST itself. Reads
 * files only, so that every start of the runtime can afford it.
 *
 * @param files paths relative to `root`, in any order; a file that is gone counts as such.
 * @returns SHA-256, hexadecimal.
 */
export function hashInputs(files: string[], root: string = process.cwd()): string {
  const hash = createHash("sha256").update(`sst ${readSstVersion(root)}\n`);
  for (const file of files.toSorted()) {
    const content = read(join(root, file));
    hash.update(`${file} ${content?.length ?? "gone"}\n`).update(content ?? "");
  }
  return hash.digest("hex");
}

/** Whether the project changed since `graph` was computed. */
export function isStale(graph: Graph, root: string = process.cwd()): boolean {
  return hashInputs(graph.inputs.files, root) !== graph.inputs.hash;
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
