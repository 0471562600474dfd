import type { ConditionContext } from "../../runtime/authorization.ts";
import type { PolicyDocument } from "./roles.ts";

/** Who asks: the ARN of an assumed role's session, and of the role. */
export interface Principal {
  arn: string;
  roleArn: string;
  policies: PolicyDocument[];
  /** Whether a condition of the policies is about this key. */
  asksFor(conditionKey: string): boolean;
}

export type Verdict = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied";

/** A good 0.1 s of work, that nobody has to wait for who asks for it in time. */
export const loadSimulator = () => import("@cloud-copilot/iam-simulate");

/**
 * Decides as IAM does, by the principal's own policies.
 *
 * It is the simulator without validation: what that checks (does the action exist, does it take such
 * a resource) costs 15 MB of data on disk and half a second, and AWS is more lenient there. It lets
 * `dynamodb:ListStreams` be granted on a stream, for one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
 */
export async function simulate(
  { arn, roleArn, policies }: Omit<Principal, "asksFor">,
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
