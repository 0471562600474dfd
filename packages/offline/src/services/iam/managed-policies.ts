import type { PolicyDocument } from "./roles.ts";

const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/** What they all grant is granted on every resource. */
const policy = (...actions: string[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: [...logs, ...actions], Resource: "*" }],
});

/**
 * The managed policies of AWS that Lambda functions are given, by ARN.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const managedPolicies: Record<string, PolicyDocument> = Object.fromEntries(
  Object.entries({
    AWSLambdaBasicExecutionRole: policy(),
    AWSLambdaDynamoDBExecutionRole: policy(
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ),
    AWSLambdaSQSQueueExecutionRole: policy(
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
    ),
    AWSLambdaVPCAccessExecutionRole: policy(
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ),
  }).map(([name, document]) => [`arn:aws:iam::aws:policy/service-role/${name}`, document]),
);
