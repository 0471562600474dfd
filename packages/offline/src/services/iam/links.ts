import type { Grants } from "../../graph/graph.ts";
import type { Permission } from "../../runtime/authorization.ts";
import type { PolicyDocument } from "./resources.ts";
import { simulate } from "./simulate.ts";

export interface Capabilities {
  /** What to do that a function may have a right: half a sentence. */
  remedy(need: Permission): Promise<string>;
}

/** Somebody who has nothing but a link. */
const ANYBODY = "arn:aws:iam::123456789012:role/any";

/** What an app's links would allow. */
export function capabilitiesOf(grants: Grants): Capabilities {
  const links = Object.entries(grants).map(([name, statements]) => ({
    name,
    isBroad: statements.some(({ actions }) => actions.some((action) => action.includes("*"))),
    principal: { arn: ANYBODY, roleArn: ANYBODY, policies: [policyOf(statements)] },
  }));

  async function allowing({ action, resources, context = {} }: Permission) {
    const found = new Set<(typeof links)[number]>();
    for (const link of links) {
      for (const resource of resources) {
        const verdict = await simulate(link.principal, action, resource, context);
        if (verdict === "Allowed") found.add(link);
      }
    }
    return [...found];
  }

  return {
    async remedy(need) {
      const found = await allowing(need);
      if (found.length === 0) return "no capability of this app allows it";
      const narrow = found.filter(({ isBroad }) => !isBroad);
      const names = (narrow.length > 0 ? narrow : found).map(({ name }) => name);
      return `link it to ${names.join(" or ")}, or do without`;
    },
  };
}

/** The statements of a link, as SST writes them into a role's policy. */
export function policyOf(statements: Grants[string]): PolicyDocument {
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
