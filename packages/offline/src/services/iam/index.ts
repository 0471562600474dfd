import { defineService } from "../../runtime/service.ts";
import { type Role, readRoles } from "./resources.ts";

/** IAM: roles with their policies, which authorize all calls of AWS services. */
export const iam = defineService<Role[]>({
  name: "iam",
  resourceTypes: {
    "aws:iam/policy:Policy": {
      outputs({ accountId, physicalName }) {
        const arn = `arn:aws:iam::${accountId}:policy/${physicalName}`;
        return { id: arn, arn };
      },
    },
    "aws:iam/role:Role": {
      outputs: ({ accountId, physicalName }) => ({
        arn: `arn:aws:iam::${accountId}:role/${physicalName}`,
      }),
    },
    "aws:iam/rolePolicy:RolePolicy": {},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {},
  },
  readResources: readRoles,
  start: async (context) => (await import("./start.ts")).start(context),
});
