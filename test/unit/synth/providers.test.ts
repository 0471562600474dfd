import { invokeDataSource } from "@petstore/offline/synth/data-sources";
import { createResource } from "@petstore/offline/synth/outputs";
import { describe, expect, it } from "vitest";

const region = "eu-west-1";
const declare = (type: string, inputs: Record<string, unknown>) =>
  createResource({ type, name: "Logical", inputs, region });

describe("createResource", () => {
  it("returns a queue's URL as its id, and region and account in its ARN", () => {
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

  it("returns stable identifiers that differ between resources", () => {
    const route = (name: string) =>
      createResource({ type: "aws:apigatewayv2/route:Route", name, inputs: {}, region }).id;
    expect(route("A")).toBe(route("A"));
    expect(route("A")).not.toBe(route("B"));
  });

  it("returns the logical name for a resource without a name", () => {
    expect(declare("aws:cloudwatch/metricAlarm:MetricAlarm", {}).state).toEqual({
      name: "Logical",
      arn: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Logical",
    });
  });

  it("returns a stream's ARN only for a table with a stream", () => {
    const streamArn = (streamEnabled: boolean) =>
      declare("aws:dynamodb/table:Table", { name: "t", streamEnabled }).state.streamArn;
    expect(streamArn(true)).toMatch(/:table\/t\/stream\//);
    expect(streamArn(false)).toBe("");
  });

  it("returns valid identifiers of a user pool, its client and its scopes", () => {
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
});

describe("invokeDataSource", () => {
  it("returns a policy document as JSON, with its statements if there are any", () => {
    const statements = [
      {
        effect: "Allow",
        actions: ["s3:GetObject"],
        resources: ["*"],
        conditions: [{ test: "StringEquals", variable: "aws:PrincipalTag/a", values: ["b"] }],
      },
    ];
    const token = "aws:iam/getPolicyDocument:getPolicyDocument";
    const result = invokeDataSource(token, { statements }, region);
    expect(result.statements).toEqual(statements);
    expect(JSON.parse(result.json as string)).toEqual({
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
    expect(invokeDataSource(token, { statements: [] }, region)).not.toHaveProperty("statements");
  });

  it("throws an error that names a data source that is not supported", () => {
    expect(() => invokeDataSource("aws:ec2/getAmi:getAmi", {}, region)).toThrow(
      /aws:ec2\/getAmi:getAmi/,
    );
  });
});
