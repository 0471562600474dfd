import type { App } from "../../graph/app.ts";
import type { Principal } from "./simulate.ts";

/** Who may ask for something, by logical name: the sessions of the functions' roles, and of the schedules'. */
export function principalsOf(app: App, log: (line: string) => void): Map<string, Principal> {
  const roles = new Map(app.roles.map((role) => [role.arn, role]));
  const callers = [
    // Lambda names a session after its function.
    ...app.functions.map(({ name, roleArn, functionName }) => ({
      name,
      roleArn,
      session: functionName,
    })),
    ...app.schedules.map(({ name, roleArn }) => ({ name, roleArn, session: name })),
  ];
  return new Map(
    callers.map(({ name, roleArn, session }) => {
      const role = roles.get(roleArn);
      if (!role) log(`${name} may do nothing: its role ${roleArn} is not of this app`);
      for (const policy of role?.unknownPolicies ?? []) {
        log(`${name} has the rights of ${policy} on AWS only: nobody knows here what it allows`);
      }
      const [, , , , account] = roleArn.split(":");
      const arn = `arn:aws:sts::${account}:assumed-role/${roleArn.split("/").at(-1)}/${session}`;
      const policies = role?.policies ?? [];
      // Condition keys are case-insensitive. That one is found elsewhere in a policy costs nothing but time.
      const text = JSON.stringify(policies).toLowerCase();
      const asksFor = (key: string) => text.includes(`"${key.toLowerCase()}"`);
      return [name, { arn, roleArn, policies, asksFor }];
    }),
  );
}
