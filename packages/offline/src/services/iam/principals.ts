import type { PrincipalDeclaration } from "../../runtime/authorization.ts";
import type { Role } from "./resources.ts";
import type { Principal } from "./simulate.ts";

/**
 * Returns the principals with the policies of their roles, by logical name.
 *
 * @param log is called for each role or policy that the graph does not contain
 */
export function resolvePrincipals(
  declared: PrincipalDeclaration[],
  roles: Role[],
  log: (line: string) => void,
): Map<string, Principal> {
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  return new Map(
    declared.map(({ name, roleArn, sessionName: session }) => {
      const role = byArn.get(roleArn);
      if (!role)
        log(`${name} has no permissions offline: its role ${roleArn} is not part of this app`);
      for (const policy of role?.unknownPolicies ?? []) {
        log(`${name} has the permissions of ${policy} only on AWS: the policy is unknown offline`);
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
