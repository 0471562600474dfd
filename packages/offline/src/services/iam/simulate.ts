import type { ConditionContext } from "../../runtime/authorization.ts";
import type { PolicyDocument } from "./resources.ts";

/** The caller of an operation. */
export interface Principal {
  /** ARN of the assumed role's session. */
  arn: string;
  roleArn: string;
  policies: PolicyDocument[];
  /** Returns whether the policies have a condition with this key. */
  hasConditionOn(conditionKey: string): boolean;
}

export type Verdict = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied";

/** Imports the simulator, which takes about 0.1 s. IAM calls this when it starts. */
export const loadSimulator = () => import("@cloud-copilot/iam-simulate");

/**
 * Decides by the principal's policies, like IAM.
 *
 * The simulator runs without its validation of actions and resource types, which takes 15 MB of data on
 * disk and 0.5 s, and is stricter than AWS: AWS accepts, for example, `dynamodb:ListStreams` on a
 * stream.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
 */
export async function simulate(
  { arn, roleArn, policies }: Omit<Principal, "hasConditionOn">,
  action: string,
  resource: string,
  context: ConditionContext,
): Promise<Verdict> {
  const { runUnsafeSimulation } = await loadSimulator();
  const accountId = roleArn.split(":")[4] as string;
  const verdict = runUnsafeSimulation(
    {
      request: {
        principal: arn,
        action,
        resource: { resource, accountId },
        contextVariables: {
          ...context,
          "aws:PrincipalArn": roleArn,
          "aws:PrincipalAccount": accountId,
          "aws:SecureTransport": "true",
        },
      },
      identityPolicies: policies.map((policy, index) => ({ name: String(index), policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  return verdict as Verdict;
}
