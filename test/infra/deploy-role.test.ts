import { readFileSync } from "node:fs";
import { join } from "node:path";
import { simulate } from "@petstore/offline/services/iam/simulate";
import {
  deployPolicies,
  deployRoleFiles,
  typesWithoutRights,
} from "@petstore/offline/synth/deploy-role";
import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, without white space. */
const MAX_CHARACTERS = 6_144;

const account = "123456789012";
const graph = graphOf("production");
const policies = deployPolicies(graph);
const role = `arn:aws:iam::${account}:role/deploy`;
const principal = {
  arn: `arn:aws:sts::${account}:assumed-role/deploy/github`,
  roleArn: role,
  policies: Object.values(policies),
};
const simulateOn = (action: string, resource: string, context = {}) =>
  simulate(principal, action, resource, context);

describe("the deploy role", () => {
  it.each(Object.entries(deployRoleFiles(graph)))("matches the committed file %s", (file, text) => {
    const message = `${file} is stale: run npm run synth`;

    expect(readFileSync(join(projectRoot, file), "utf8"), message).toBe(text);
  });

  it("has permissions for every resource type of production", () => {
    expect(typesWithoutRights(graph)).toEqual([]);
  });

  it.each(Object.entries(policies))(
    "has a managed policy %s below the maximum length",
    (_name, policy) => {
      expect(JSON.stringify(policy).length).toBeLessThanOrEqual(MAX_CHARACTERS);
    },
  );

  it.each([
    ["aws:dynamodb/table:Table", "dynamodb:CreateTable"],
    ["aws:iam/role:Role", "iam:CreateRole"],
    ["aws:lambda/function:Function", "lambda:CreateFunction"],
    ["aws:sqs/queue:Queue", "sqs:CreateQueue"],
    ["aws:sns/topic:Topic", "sns:CreateTopic"],
    ["aws:cloudwatch/logGroup:LogGroup", "logs:CreateLogGroup"],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", "cloudwatch:PutMetricAlarm"],
    ["aws:scheduler/schedule:Schedule", "scheduler:CreateSchedule"],
    ["aws:sesv2/configurationSet:ConfigurationSet", "ses:CreateConfigurationSet"],
    ["aws:sesv2/emailIdentity:EmailIdentity", "ses:CreateEmailIdentity"],
    ["aws:xray/samplingRule:SamplingRule", "xray:CreateSamplingRule"],
  ])("may create every %s of production, but of no other stage", async (type, action) => {
    const arns = graph.resources
      .filter((resource) => resource.type === type)
      .map(({ state }) => String(state.arn));

    expect(arns.length).toBeGreaterThan(0);
    for (const arn of arns) {
      expect(await simulateOn(action, arn), arn).toBe("Allowed");
      if (!arn.includes("petstore-production")) continue;
      const other = arn.replace("petstore-production", "petstore-staging");
      expect(await simulateOn(action, other), other).toBe("ImplicitlyDenied");
    }
  });

  it("passes the stage's roles only to Lambda and EventBridge Scheduler", async () => {
    const [{ arn } = { arn: "" }] = graph.all("aws:iam/role:Role");
    const passTo = (service: string) => ({ "iam:PassedToService": service });

    expect(await simulateOn("iam:PassRole", arn, passTo("lambda.amazonaws.com"))).toBe("Allowed");
    expect(await simulateOn("iam:PassRole", arn, passTo("ec2.amazonaws.com"))).not.toBe("Allowed");
  });

  it("attaches only the policy for logs, and cannot change its own role", async () => {
    const [{ arn } = { arn: "" }] = graph.all("aws:iam/role:Role");
    const administrator = { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" };

    expect(await simulateOn("iam:AttachRolePolicy", arn, administrator)).not.toBe("Allowed");
    expect(await simulateOn("iam:PutRolePolicy", role)).not.toBe("Allowed");
  });

  it("cannot read items or messages", async () => {
    const [{ arn: table } = { arn: "" }] = graph.all("aws:dynamodb/table:Table");
    const [{ arn: queue } = { arn: "" }] = graph.all("aws:sqs/queue:Queue");

    expect(await simulateOn("dynamodb:GetItem", table)).not.toBe("Allowed");
    expect(await simulateOn("sqs:ReceiveMessage", queue)).not.toBe("Allowed");
  });

  it.each([
    ["lock/petstore/production.json", "Allowed"],
    ["snapshot/petstore/production/1.json", "Allowed"],
    ["app/petstore/staging.json", "ImplicitlyDenied"],
    ["app/other/production.json", "ImplicitlyDenied"],
  ])("can write only SST's state of the stage: %s", async (key, verdict) => {
    expect(await simulateOn("s3:PutObject", `arn:aws:s3:::sst-state-abc/${key}`)).toBe(verdict);
  });
});
