import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph, Resource } from "@petstore/offline/graph/graph";
import { graphPath, loadGraph } from "@petstore/offline/graph/load";
import { projectRoot, temporaryFolder } from "./offline.ts";

/**
 * Creates a copy of this project with changed infrastructure, for example shorter timeouts. Run the
 * command line in its `path`.
 *
 * @param change is called with every resource, and changes its state in place
 */
export async function changedProject(change: (resource: Resource) => void) {
  const folder = await temporaryFolder();
  const file = graphPath("offline");
  await link("", ["infra", ".offline"], folder.path);
  await link("infra", ["graph"], folder.path);
  const graph: Graph = loadGraph("offline", projectRoot);
  for (const resource of graph.resources) change(resource);
  await mkdir(join(folder.path, file, ".."));
  await writeFile(join(folder.path, file), JSON.stringify(graph));
  return { ...folder, state: join(folder.path, ".offline") };
}

/** Creates links to the content of a folder, except for some entries. */
async function link(folder: string, but: string[], target: string): Promise<void> {
  await mkdir(join(target, folder), { recursive: true });
  for (const name of await readdir(join(projectRoot, folder))) {
    if (but.includes(name)) continue;
    await symlink(join(projectRoot, folder, name), join(target, folder, name));
  }
}

/** Gives the function that sends mail another URL of SES; for `changedProject`. */
export function mailThrough(url: string, { name, state }: Resource): void {
  if (name !== "NotifyFunction") return;
  const { variables } = state.environment as { variables: object };
  state.environment = { variables: { ...variables, AWS_ENDPOINT_URL_SESV2: url } };
}
