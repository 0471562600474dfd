import { cp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "@petstore/offline/graph/graph";
import { synthesize } from "@petstore/offline/synth/synthesize";
import { projectRoot, temporaryFolder } from "./offline.ts";

/** Entries that are copied, so that they can be changed; the others are linked. */
const COPIED = ["sst.config.ts", "infra"];

/**
 * Synthesizes a stage of this project with some of its files changed.
 *
 * @param edits the new text of a file by its path, from the old one
 * @throws UserError when synthesis fails
 */
export async function synthesizeVariant(
  stage: string,
  edits: Record<string, (text: string) => string> = {},
): Promise<Graph> {
  await using folder = await temporaryFolder();
  for (const name of await readdir(projectRoot)) {
    const target = join(folder.path, name);
    if (COPIED.includes(name)) await cp(join(projectRoot, name), target, { recursive: true });
    else if (!name.startsWith(".env")) await symlink(join(projectRoot, name), target);
  }
  for (const [file, edit] of Object.entries(edits)) {
    const path = join(folder.path, file);
    const before = await readFile(path, "utf8");
    const after = edit(before);
    if (after === before) throw new Error(`The edit of ${file} changes nothing`);
    await writeFile(path, after);
  }
  const { graphs } = await synthesize([stage], folder.path, () => undefined);
  return graphs[0] as Graph;
}
