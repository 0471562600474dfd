import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "@petstore/offline/graph/graph";
import { hashInputs } from "@petstore/offline/graph/inputs";
import { graphPath, loadGraph } from "@petstore/offline/graph/load";
import * as z from "zod";
import { projectRoot, temporaryFolder } from "../support/offline.ts";
import { type Grant, Statement } from "./grants.ts";

const Inline = z.array(z.object({ name: z.string(), policy: z.string() }));
const Document = z.looseObject({ Statement: z.array(Statement) });

/** Creates a project with the app but without one grant. */
export async function createAppWithout(grant: Grant) {
  const folder = await temporaryFolder();
  for (const name of ["node_modules", "packages"]) {
    await symlink(join(projectRoot, name), join(folder.path, name));
  }
  await mkdir(join(folder.path, "infra/graph"), { recursive: true });
  await symlink(join(projectRoot, "infra/bundle"), join(folder.path, "infra/bundle"));
  const graph = removeGrant(grant, loadGraph("offline", projectRoot));
  graph.inputs = { hash: hashInputs([], folder.path), files: [] };
  await writeFile(join(folder.path, graphPath("offline")), JSON.stringify(graph));
  return { ...folder, state: join(folder.path, "state") };
}

function removeGrant(grant: Grant, graph: Graph): Graph {
  const role = graph.resources.find(
    ({ type, name }) => type === "aws:iam/role:Role" && name === grant.role,
  );
  if (!role) throw new Error(`The graph has no role ${grant.role}`);
  const before = JSON.stringify(role);
  role.state.inlinePolicies = Inline.parse(role.state.inlinePolicies).map(({ name, policy }) => {
    const document = Document.parse(JSON.parse(policy));
    const Statement = document.Statement.flatMap((statement) =>
      removeFromStatement(statement, grant),
    );
    return { name, policy: JSON.stringify({ ...document, Statement }) };
  });
  if (JSON.stringify(role) === before) throw new Error(`${grant.role} has no such grant`);
  return graph;
}

/** Returns up to two statements that together allow everything except one action on one resource. */
function removeFromStatement(
  statement: Statement,
  { action, resource, condition }: Grant,
): Statement[] {
  const { Action, Resource, Condition } = statement;
  const matches =
    Action.includes(action) &&
    Resource.includes(resource) &&
    (Condition ? JSON.stringify(Condition) : "") === condition;
  if (!matches) return [statement];
  const otherActions = Action.filter((one) => one !== action);
  const otherResources = Resource.filter((one) => one !== resource);
  return [
    ...(otherActions.length > 0 ? [{ ...statement, Action: otherActions }] : []),
    ...(otherResources.length > 0
      ? [{ ...statement, Action: [action], Resource: otherResources }]
      : []),
  ];
}
