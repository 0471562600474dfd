import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../util/user-error.ts";
import type { Graph } from "./graph.ts";

/**
 * Returns the installed version of SST, for example `4.17.1`.
 *
 * @param root the project's folder
 * @throws {UserError} SST is not installed.
 */
export function readSstVersion(root: string): string {
  try {
    return JSON.parse(readFileSync(join(root, "node_modules/sst/package.json"), "utf8")).version;
  } catch {
    throw new UserError(`The sst package is not installed in ${root}: run npm ci.`);
  }
}

/**
 * Computes a hash of everything from which a graph is computed: the project's files and the version of
 * SST. It only reads files, because every start of the runtime calls it.
 *
 * @param files paths relative to `root`, in any order; a missing file is part of the hash
 * @returns SHA-256, hexadecimal
 */
export function hashInputs(files: string[], root: string = process.cwd()): string {
  const hash = createHash("sha256").update(`sst ${readSstVersion(root)}\n`);
  for (const file of files.toSorted()) {
    const content = readIfPresent(join(root, file));
    hash.update(`${file} ${content?.length ?? "gone"}\n`).update(content ?? "");
  }
  return hash.digest("hex");
}

/** Returns whether the project has changed since `graph` was computed. */
export function isStale(graph: Graph, root: string = process.cwd()): boolean {
  return hashInputs(graph.inputs.files, root) !== graph.inputs.hash;
}

function readIfPresent(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
