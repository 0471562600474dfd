import { loadGraph } from "@petstore/offline/graph/load";
import { simulate } from "@petstore/offline/services/iam/simulate";
import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";
import { resourcesOf } from "../support/resources.ts";

/** The only statement that may have a wildcard: X-Ray supports no resource for these actions. */
const writeTraces = {
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: ["*"],
};

describe.each(["offline", "production"])("the graph of %s", (stage) => {
  const { all } = graphOf(stage);
  const functions = all("aws:lambda/function:Function");
  const roles = all("aws:iam/role:Role");
  const functionRoles = roles.filter(({ arn }) => functions.some(({ role }) => role === arn));
  const otherRoles = roles.filter((role) => !functionRoles.includes(role));
  const queues = all("aws:sqs/queue:Queue");
  const tables = all("aws:dynamodb/table:Table");
  const statementsOf = ({ inlinePolicies }: (typeof roles)[number]) =>
    inlinePolicies.flatMap(({ policy }) => policy.Statement);

  it.each(functionRoles)("lets only Lambda assume $name", ({ assumeRolePolicy }) => {
    const principals = assumeRolePolicy.Statement.map(({ Principal }) => Principal);

    expect(principals).toEqual([{ Service: "lambda.amazonaws.com" }]);
  });

  it("lets only EventBridge Scheduler assume any other role", () => {
    for (const { name, assumeRolePolicy } of otherRoles) {
      const principals = assumeRolePolicy.Statement.map(({ Principal }) => Principal);
      expect(principals, name).toEqual([{ Service: "scheduler.amazonaws.com" }]);
    }
  });

  it.each(functionRoles)("gives $name no managed policy but the one for logs", (role) => {
    expect(role.managedPolicyArns).toEqual([
      "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ]);
    expect(statementsOf(role)).toContainEqual(writeTraces);
  });

  it.each(roles)("gives $name no wildcard for an action or a resource", (role) => {
    for (const statement of statementsOf(role)) {
      const { Action, Resource } = statement;
      if (JSON.stringify([Action, Resource]).includes("*")) expect(statement).toEqual(writeTraces);
    }
  });

  it.each(roles)("restricts $name to named partition keys of the table", (role) => {
    for (const { Action, Resource, Condition } of statementsOf(role)) {
      // The stream and the indexes contain only pets and need no condition on keys.
      const isOfItems = Resource.some((arn) => /:table\/[^/]+$/.test(arn));
      if (!Action.some((action) => action.startsWith("dynamodb:")) || !isOfItems) continue;
      const keys = Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"] as string[];
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) expect(key).toMatch(/^\w+(#\*)?$/);
    }
  });

  it("lets only the API invoke its functions", () => {
    const [api] = all("aws:apigatewayv2/api:Api");
    const permissions = all("aws:lambda/permission:Permission").filter(
      ({ principal }) => principal !== "cognito-idp.amazonaws.com",
    );
    const integrations = all("aws:apigatewayv2/integration:Integration");

    expect(permissions.map((permission) => permission.function).sort()).toEqual(
      integrations.map(({ integrationUri }) => integrationUri).sort(),
    );
    for (const { name, principal, sourceArn } of permissions) {
      expect(principal, name).toBe("apigateway.amazonaws.com");
      expect(sourceArn.startsWith(`${api?.executionArn}/`), name).toBe(true);
    }
  });

  it("lets only the user pool invoke its trigger", () => {
    const [pool] = all("aws:cognito/userPool:UserPool");
    const permissions = all("aws:lambda/permission:Permission").filter(
      ({ function: arn }) => arn === pool?.lambdaConfig?.preTokenGenerationConfig?.lambdaArn,
    );

    expect(permissions).toHaveLength(1);
    expect(permissions[0]).toMatchObject({
      principal: "cognito-idp.amazonaws.com",
      sourceArn: pool?.arn,
    });
  });

  it.each(queues)(
    "encrypts $name and refuses connections without TLS",
    ({ arn, url, ...queue }) => {
      expect(queue.sqsManagedSseEnabled).toBe(true);
      const policies = all("aws:sqs/queuePolicy:QueuePolicy").filter((one) => one.queueUrl === url);
      expect(policies.flatMap(({ policy }) => policy.Statement)).toEqual([
        {
          Effect: "Deny",
          Principal: "*",
          Action: ["sqs:*"],
          Resource: [arn],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]);
    },
  );

  it("encrypts the table and the logs with AWS's own keys", () => {
    // The setting would select a KMS key, which costs money and needs permissions.
    for (const { serverSideEncryption } of tables) expect(serverSideEncryption).toBeUndefined();
    for (const { kmsKeyId } of all("aws:cloudwatch/logGroup:LogGroup")) {
      expect(kmsKeyId).toBeUndefined();
    }
  });

  it("enables point-in-time recovery of the table", () => {
    for (const { pointInTimeRecovery } of tables) expect(pointInTimeRecovery.enabled).toBe(true);
  });

  it("deletes every log after some time", () => {
    for (const { name, retentionInDays } of all("aws:cloudwatch/logGroup:LogGroup")) {
      expect(retentionInDays, name).toBeGreaterThan(0);
    }
  });

  it("throttles requests", () => {
    for (const { defaultRouteSettings } of all("aws:apigatewayv2/stage:Stage")) {
      expect(defaultRouteSettings.throttlingRateLimit).toBeGreaterThan(0);
      expect(defaultRouteSettings.throttlingBurstLimit).toBeGreaterThan(0);
    }
  });

  // AWS does not document whether IAM checks a part of a transaction with its own key or with all keys.
  it.each([
    ["its own key", ["inventory"], ["counted#1"]],
    ["all keys", ["inventory", "counted#1"], ["inventory", "counted#1"]],
  ])("allows the inventory's transaction if IAM checks each part with %s", async (_, ...keys) => {
    const app = resourcesOf(loadGraph(stage, projectRoot));
    const fn = app.functions.find(({ name }) => name === "ProjectInventory");
    const role = app.roles.find(({ arn }) => arn === fn?.roleArn) as (typeof app.roles)[number];
    const principal = { arn: role.arn, roleArn: role.arn, policies: role.policies };
    const decide = (action: string, leadingKeys: string[] = []) =>
      simulate(principal, action, app.tables[0]?.arn as string, {
        "dynamodb:LeadingKeys": leadingKeys,
      });

    expect(await decide("dynamodb:UpdateItem", keys[0])).toBe("Allowed");
    expect(await decide("dynamodb:PutItem", keys[1])).toBe("Allowed");
    expect(await decide("dynamodb:PutItem", ["pet#1", "counted#1"])).toBe("ImplicitlyDenied");
  });
});

describe("the graph of production", () => {
  const { all } = graphOf("production");

  // A stage's throttle must not exceed the account's quota, which is 2,500 and 1,250 in some regions:
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
  it("throttles the API within the account's quota of every region", () => {
    for (const { defaultRouteSettings } of all("aws:apigatewayv2/stage:Stage")) {
      expect(defaultRouteSettings.throttlingRateLimit).toBeLessThanOrEqual(2_500);
      expect(defaultRouteSettings.throttlingBurstLimit).toBeLessThanOrEqual(1_250);
    }
  });

  it("protects the table from deletion", () => {
    for (const { deletionProtectionEnabled } of all("aws:dynamodb/table:Table")) {
      expect(deletionProtectionEnabled).toBe(true);
    }
  });

  it("protects the table and the user pool from replacement", () => {
    const protectedResources = graphOf("production").resources.filter(({ protect }) => protect);

    expect(protectedResources.map(({ type }) => type)).toEqual([
      "aws:cognito/userPool:UserPool",
      "aws:dynamodb/table:Table",
    ]);
  });

  it("allows cross-origin requests only from named origins", () => {
    for (const { corsConfiguration } of all("aws:apigatewayv2/api:Api")) {
      expect(corsConfiguration.allowOrigins.length).toBeGreaterThan(0);
      expect(corsConfiguration.allowOrigins.join()).not.toContain("*");
    }
  });

  it("stores logs for a year", () => {
    for (const { name, retentionInDays } of all("aws:cloudwatch/logGroup:LogGroup")) {
      expect(retentionInDays, name).toBe(365);
    }
  });
});

describe("the graph of another stage", () => {
  it("protects nothing from removal", () => {
    const { resources, all } = graphOf("offline");

    expect(resources.filter(({ protect }) => protect)).toEqual([]);
    for (const { deletionProtectionEnabled } of all("aws:dynamodb/table:Table")) {
      expect(deletionProtectionEnabled).toBe(false);
    }
  });
});
