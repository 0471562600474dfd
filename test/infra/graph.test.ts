import { routes } from "@petstore/core/contract/routes";
import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";

/** The one statement that may have a wildcard: X-Ray takes no resource for these actions. */
const tracing = {
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: ["*"],
};

describe.each(["offline", "production"])("the graph of %s", (stage) => {
  const { all, builds } = graphOf(stage);
  const functions = all("aws:lambda/function:Function");
  const roles = all("aws:iam/role:Role").filter(({ arn }) =>
    functions.some(({ role }) => role === arn),
  );
  const logGroups = all("aws:cloudwatch/logGroup:LogGroup");

  it("has a route for every operation, and a function of its own behind each", () => {
    const declared = all("aws:apigatewayv2/route:Route");
    expect(declared.map(({ routeKey }) => routeKey).sort()).toEqual(
      Object.values(routes)
        .map(({ route }) => route)
        .sort(),
    );

    const integrations = new Map(
      all("aws:apigatewayv2/integration:Integration").map(({ id, integrationUri }) => [
        `integrations/${id}`,
        integrationUri,
      ]),
    );
    const behind = declared.map(({ target }) => integrations.get(target));
    expect(functions.map(({ arn }) => arn)).toEqual(expect.arrayContaining(behind));
    expect(new Set(behind).size).toBe(declared.length);
    expect(new Set(builds.map(({ handler }) => handler)).size).toBe(functions.length);
  });

  it.each(functions)("runs $name as every function", (fn) => {
    expect(fn).toMatchObject({
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON" },
    });
    // API Gateway gives up after 30 s: a function that works on then works for nobody.
    expect(fn.timeout).toBeLessThan(30);
    expect(fn.memorySize).toBeGreaterThanOrEqual(512);
  });

  it.each(functions)("gives $name a role of its own", (fn) => {
    expect(functions.filter(({ role }) => role === fn.role)).toEqual([fn]);
    expect(roles.map(({ arn }) => arn)).toContain(fn.role);
  });

  it.each(roles)("lets none but Lambda assume $name", ({ assumeRolePolicy }) => {
    const principals = assumeRolePolicy.Statement.map(({ Principal }) => Principal);
    expect(principals).toEqual([{ Service: "lambda.amazonaws.com" }]);
  });

  it.each(roles)("grants $name no more than it names", ({ managedPolicyArns, inlinePolicies }) => {
    expect(managedPolicyArns).toEqual([
      "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ]);
    const statements = inlinePolicies.flatMap(({ policy }) => policy.Statement);
    expect(statements).toContainEqual(tracing);
    for (const statement of statements) {
      if (JSON.stringify(statement).includes("*")) expect(statement).toEqual(tracing);
    }
  });

  it("keeps every log, and for a time", () => {
    for (const { loggingConfig } of functions) {
      expect(logGroups.map(({ name }) => name)).toContain(loggingConfig.logGroup);
    }
    for (const { name, retentionInDays } of logGroups)
      expect(retentionInDays, name).toBeGreaterThan(0);
  });

  it("logs every request as JSON, and throttles", () => {
    const [apiStage] = all("aws:apigatewayv2/stage:Stage");
    const format = JSON.parse(apiStage?.accessLogSettings.format ?? "");
    expect(Object.keys(format)).toEqual(
      expect.arrayContaining(["requestId", "routeKey", "status", "responseLatency"]),
    );
    expect(apiStage?.defaultRouteSettings.throttlingRateLimit).toBeGreaterThan(0);
    expect(apiStage?.defaultRouteSettings.throttlingBurstLimit).toBeGreaterThan(0);
  });

  it("can recover the table to any point in time, and streams what changes", () => {
    const [table] = all("aws:dynamodb/table:Table");
    expect(table).toMatchObject({
      billingMode: "PAY_PER_REQUEST",
      pointInTimeRecovery: { enabled: true },
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: { attributeName: "expiresAt", enabled: true },
    });
  });
});

describe("the graph of production", () => {
  const { all } = graphOf("production");

  it("protects the table from deletion", () => {
    for (const { deletionProtectionEnabled } of all("aws:dynamodb/table:Table")) {
      expect(deletionProtectionEnabled).toBe(true);
    }
  });

  it("lets in only origins it knows", () => {
    for (const { corsConfiguration } of all("aws:apigatewayv2/api:Api")) {
      expect(corsConfiguration.allowOrigins).not.toContain("*");
    }
  });

  it("keeps logs for a year", () => {
    for (const { name, retentionInDays } of all("aws:cloudwatch/logGroup:LogGroup")) {
      expect(retentionInDays, name).toBe(365);
    }
  });
});
