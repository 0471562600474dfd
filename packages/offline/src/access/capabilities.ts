import type { PolicyDocument } from "../graph/app.ts";
import type { Grants } from "../graph/graph.ts";
import type { Need } from "./access.ts";
import { simulate } from "./simulate.ts";

export interface Capabilities {
  /** What to do that a function may have a right: half a sentence. */
  remedy(need: Need): Promise<string>;
}

/** What an app's links would allow. */
export function capabilitiesOf(grants: Grants): Capabilities {
  const links = Object.entries(grants).map(([name, statements]) => {
    const policies = [policyOf(statements)];
    return {
      name,
      principal: { arn: "arn:aws:iam::0:role/link", roleArn: "arn:aws:iam::0:role/link", policies },
    };
  });
  return {
    async remedy({ action, resources, context = {} }) {
      const allowing: string[] = [];
      for (const { name, principal } of links) {
        for (const resource of resources) {
          const verdict = await simulate(principal, action, resource, context);
          if (verdict === "Allowed") allowing.push(name);
        }
      }
      if (allowing.length === 0) return "no capability of this app allows it";
      return `link it to ${allowing.join(" or ")}, or do without`;
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
