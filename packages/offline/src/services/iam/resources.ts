import * as z from "zod";
import { type Graph, readStates } from "../../graph/graph.ts";
import { UserError } from "../../util/user-error.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface PolicyDocument {
  Version?: unknown;
  Statement: unknown;
}

/** An IAM role. */
export interface Role {
  /** Logical name in the app, for example `GetPetRole`. */
  name: string;
  /** Physical name. */
  roleName: string;
  arn: string;
  policies: PolicyDocument[];
  /** ARNs of attached policies whose documents are neither in the graph nor known here. */
  unknownPolicies: string[];
}

const RoleState = z.object({
  name: z.string(),
  arn: z.string(),
  inlinePolicies: z.array(z.object({ policy: z.string().optional() })).default([]),
  managedPolicyArns: z.array(z.string()).default([]),
});
const RolePolicy = z.object({ role: z.string(), policy: z.string() });
const Attachment = z.object({ role: z.string(), policyArn: z.string() });
const CustomerPolicy = z.object({ arn: z.string(), policy: z.string() });

const Document = z.looseObject({ Statement: z.union([z.looseObject({}), z.array(z.unknown())]) });

/** Returns the IAM roles, with their inline, attached, customer managed and AWS managed policies. */
export function readRoles(graph: Graph): Role[] {
  const inline = readStates(graph, "aws:iam/rolePolicy:RolePolicy", RolePolicy);
  const attached = readStates(
    graph,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    Attachment,
  );
  const customerPolicies = new Map(
    readStates(graph, "aws:iam/policy:Policy", CustomerPolicy).map(({ state }) => [
      state.arn,
      state.policy,
    ]),
  );
  return readStates(graph, "aws:iam/role:Role", RoleState).map(({ name, id, state }) => {
    const belongsTo = ({ state: { role } }: { state: { role: string } }) =>
      role === state.name || role === id;
    const arns = [
      ...state.managedPolicyArns,
      ...attached.filter(belongsTo).map((attachment) => attachment.state.policyArn),
    ];
    const parse = (json: string) => parseDocument(json, name);
    return {
      name,
      roleName: state.name,
      arn: state.arn,
      policies: [
        ...state.inlinePolicies.flatMap(({ policy }) => (policy ? [parse(policy)] : [])),
        ...inline.filter(belongsTo).map((policy) => parse(policy.state.policy)),
        ...arns.flatMap((arn) => {
          const json = customerPolicies.get(arn);
          return json ? [parse(json)] : (managedPolicies[arn] ?? []);
        }),
      ],
      unknownPolicies: arns.filter((arn) => !customerPolicies.has(arn) && !managedPolicies[arn]),
    };
  });
}

function parseDocument(json: string, role: string): PolicyDocument {
  try {
    return Document.parse(JSON.parse(json));
  } catch {
    throw new UserError(`A policy of ${role} is not an IAM policy document: ${json}`);
  }
}

const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/** Returns a policy that allows actions on all resources, as these managed policies do. */
const allowOnAll = (...actions: string[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: [...logs, ...actions], Resource: "*" }],
});

/**
 * The AWS managed policies for Lambda functions, by ARN.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const managedPolicies: Record<string, PolicyDocument> = Object.fromEntries(
  Object.entries({
    AWSLambdaBasicExecutionRole: allowOnAll(),
    AWSLambdaDynamoDBExecutionRole: allowOnAll(
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ),
    AWSLambdaSQSQueueExecutionRole: allowOnAll(
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
    ),
    AWSLambdaVPCAccessExecutionRole: allowOnAll(
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ),
  }).map(([name, document]) => [`arn:aws:iam::aws:policy/service-role/${name}`, document]),
);
