import { invoke } from "@petstore/offline/synth/data-sources";
import { createResource } from "@petstore/offline/synth/outputs";
import { expect, it } from "vitest";

const region = "eu-west-1";
const declare = (type: string, inputs: Record<string, unknown>) =>
  createResource({ type, name: "Logical", inputs, region });

it("a queue's id is its URL, and its ARN names region and account", () => {
  expect(declare("aws:sqs/queue:Queue", { name: "jobs", fifoQueue: false })).toEqual({
    id: "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
    state: {
      name: "jobs",
      fifoQueue: false,
      url: "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
      arn: "arn:aws:sqs:eu-west-1:123456789012:jobs",
    },
  });
});

it("identifiers that AWS would make up are stable, and differ between resources", () => {
  const route = (name: string) =>
    createResource({ type: "aws:apigatewayv2/route:Route", name, inputs: {}, region }).id;
  expect(route("A")).toBe(route("A"));
  expect(route("A")).not.toBe(route("B"));
});

it("a resource without a name gets its logical one", () => {
  expect(declare("aws:cloudwatch/metricAlarm:MetricAlarm", {}).state).toEqual({
    name: "Logical",
    arn: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Logical",
  });
});

it("only a table with a stream has a stream's ARN", () => {
  const streamArn = (streamEnabled: boolean) =>
    declare("aws:dynamodb/table:Table", { name: "t", streamEnabled }).state.streamArn;
  expect(streamArn(true)).toMatch(/:table\/t\/stream\//);
  expect(streamArn(false)).toBe("");
});

it("a user pool, its client and its scopes have well-formed identifiers", () => {
  const pool = declare("aws:cognito/userPool:UserPool", {});
  expect(pool.id).toMatch(/^eu-west-1_[A-Za-z0-9]{9}$/);
  expect(pool.state).toMatchObject({
    endpoint: `cognito-idp.eu-west-1.amazonaws.com/${pool.id}`,
    arn: `arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${pool.id}`,
  });
  expect(declare("aws:cognito/userPoolClient:UserPoolClient", {}).id).toMatch(/^[a-z0-9]{26}$/);
  const inputs = { userPoolId: pool.id, identifier: "shop", scopes: [{ scopeName: "read" }] };
  expect(declare("aws:cognito/resourceServer:ResourceServer", inputs)).toMatchObject({
    id: `${pool.id}|shop`,
    state: { scopeIdentifiers: ["shop/read"] },
  });
});

it("a policy document answers with JSON and, if there are any, its statements", () => {
  const statements = [
    {
      effect: "Allow",
      actions: ["s3:GetObject"],
      resources: ["*"],
      conditions: [{ test: "StringEquals", variable: "aws:PrincipalTag/a", values: ["b"] }],
    },
  ];
  const token = "aws:iam/getPolicyDocument:getPolicyDocument";
  const answer = invoke(token, { statements }, region);
  expect(answer.statements).toEqual(statements);
  expect(JSON.parse(answer.json as string)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:PrincipalTag/a": ["b"] } },
      },
    ],
  });
  expect(invoke(token, { statements: [] }, region)).not.toHaveProperty("statements");
});

it("a data source without an answer is named", () => {
  expect(() => invoke("aws:ec2/getAmi:getAmi", {}, region)).toThrow(/aws:ec2\/getAmi:getAmi/);
});
