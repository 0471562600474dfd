import type { PrincipalDeclaration } from "../../runtime/authorization.ts";
import type { Role } from "./resources.ts";
import type { Principal } from "./simulate.ts";

/** Returns the principals with the policies of their roles, by logical name. */
export function resolvePrincipals(
  declared: PrincipalDeclaration[],
  roles: Role[],
  log: (line: string) => void,
): Map<string, Principal> {
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  return new Map(
    declared.map(({ name, roleArn, sessionName: session }) => {
      const role = byArn.get(roleArn);
      if (!role) log(`${name} may do nothing: its role ${roleArn} is not of this app`);
      for (const policy of role?.unknownPolicies ?? []) {
        log(`${name} has the rights of ${policy} on AWS only: nobody knows here what it allows`);
      }
      const [, , , , account] = roleArn.split(":");
      const arn = `arn:aws:sts::${account}:assumed-role/${roleArn.split("/").at(-1)}/${session}`;
      const policies = role?.policies ?? [];
      // Condition keys are case-insensitive. That one is found elsewhere in a policy costs nothing but time.
      const text = JSON.stringify(policies).toLowerCase();
      const hasConditionOn = (key: string) => text.includes(`"${key.toLowerCase()}"`);
      return [name, { arn, roleArn, policies, hasConditionOn }];
    }),
  );
}
