import type { Grants } from "../../graph/graph.ts";
import type { Permission } from "../../runtime/authorization.ts";
import type { PolicyDocument } from "./resources.ts";
import { simulate } from "./simulate.ts";

/** A principal that has only the permissions of a link. */
const LINK_HOLDER = "arn:aws:iam::123456789012:role/any";

/**
 * Describes how a function can get a permission that it lacks: by one of the links that the app
 * declares. Links without wildcards in their actions come before all others.
 *
 * @returns half a sentence, for example `link it to ReadPets, or remove the call`
 */
export async function describeRemedy(grants: Grants, missing: Permission): Promise<string> {
  const links = await findLinks(grants, missing);
  if (links.length === 0) return "no capability of this app allows it";
  const isBroad = (name: string) =>
    grants[name]?.some(({ actions }) => actions.some((action) => action.includes("*")));
  const narrow = links.filter((name) => !isBroad(name));
  return `link it to ${(narrow.length > 0 ? narrow : links).join(" or ")}, or remove the call`;
}

/** Returns the names of the links that would allow an action on one of the resources. */
async function findLinks(
  grants: Grants,
  { action, resources, context = {} }: Permission,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, statements] of Object.entries(grants)) {
    const policies = [toPolicyDocument(statements)];
    const principal = { arn: LINK_HOLDER, roleArn: LINK_HOLDER, policies };
    for (const resource of resources) {
      const verdict = await simulate(principal, action, resource, context);
      if (verdict !== "Allowed") continue;
      found.push(name);
      break;
    }
  }
  return found;
}

/** Converts the statements of a link as SST does when it writes them into a role's policy. */
function toPolicyDocument(statements: Grants[string]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ effect, actions, resources, conditions = [] }) => ({
      Effect: effect === "deny" ? "Deny" : "Allow",
      Action: actions,
      Resource: resources,
      ...(conditions.length > 0 && {
        Condition: Object.fromEntries(
          conditions.map(({ test, variable, values }) => [test, { [variable]: values }]),
        ),
      }),
    })),
  };
}
