import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph, Resource } from "@petstore/offline/graph/graph";
import { graphPath, loadGraph } from "@petstore/offline/graph/load";
import { projectRoot, temporaryFolder } from "./offline.ts";

/**
 * This project, but for some of its infrastructure: for tests that cannot wait as long as the app
 * would have them. Run the command line in its `path`.
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

/** Links to all that is in a folder of the project, but for some of it. */
async function link(folder: string, but: string[], target: string): Promise<void> {
  await mkdir(join(target, folder), { recursive: true });
  for (const name of await readdir(join(projectRoot, folder))) {
    if (but.includes(name)) continue;
    await symlink(join(projectRoot, folder, name), join(target, folder, name));
  }
}

/** Has the function that sends mail find SES elsewhere: for `changedProject`. */
export function mailThrough(url: string, { name, state }: Resource): void {
  if (name !== "NotifyFunction") return;
  const { variables } = state.environment as { variables: object };
  state.environment = { variables: { ...variables, AWS_ENDPOINT_URL_SESV2: url } };
}
