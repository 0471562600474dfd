import { routeKeysOf, routes } from "@petstore/core/contract/routes";
import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";

describe.each(["offline", "production"])("the graph of %s", (stage) => {
  const { all, builds } = graphOf(stage);
  const functions = all("aws:lambda/function:Function");
  const roles = all("aws:iam/role:Role").filter(({ arn }) =>
    functions.some(({ role }) => role === arn),
  );
  const logGroups = all("aws:cloudwatch/logGroup:LogGroup");

  it("has a route and a separate function for every operation", () => {
    const declared = all("aws:apigatewayv2/route:Route");

    expect(declared.map(({ routeKey }) => routeKey).sort()).toEqual(
      Object.values(routes)
        .flatMap(({ route }) => routeKeysOf(route))
        .sort(),
    );

    const integrations = new Map(
      all("aws:apigatewayv2/integration:Integration").map(({ id, integrationUri }) => [
        `integrations/${id}`,
        integrationUri,
      ]),
    );
    const functionOf = new Map(
      declared.map(({ routeKey, target }) => [routeKey, integrations.get(target)]),
    );
    const invoked = new Set(functionOf.values());
    expect(functions.map(({ arn }) => arn)).toEqual(expect.arrayContaining([...invoked]));
    expect(invoked.size).toBe(Object.keys(routes).length);
    for (const { route } of Object.values(routes)) {
      const targets = routeKeysOf(route).map((routeKey) => functionOf.get(routeKey));
      expect(new Set(targets).size, route).toBe(1);
    }
    expect(new Set(builds.map(({ handler }) => handler)).size).toBe(functions.length);
  });

  it.each(functions)("configures $name like all functions", (fn) => {
    expect(fn).toMatchObject({
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      tracingConfig: { mode: "Active" },
      // With Lambda's JSON format, Lambda's log level would override Powertools' sampling.
      loggingConfig: { logFormat: "Text" },
    });
    expect(fn.memorySize).toBeGreaterThanOrEqual(512);
  });

  it("sets the timeout of every API function below API Gateway's 30 s", () => {
    const integrated = all("aws:apigatewayv2/integration:Integration").map(
      ({ integrationUri }) => integrationUri,
    );
    const behind = functions.filter(({ arn }) => integrated.includes(arn));

    expect(behind.length).toBeGreaterThan(0);
    for (const { name, timeout } of behind) expect(timeout, name).toBeLessThan(30);
  });

  it.each(functions)("gives $name a separate role", (fn) => {
    expect(functions.filter(({ role }) => role === fn.role)).toEqual([fn]);
    expect(roles.map(({ arn }) => arn)).toContain(fn.role);
  });

  it("has a log group for every function", () => {
    for (const { loggingConfig } of functions) {
      expect(logGroups.map(({ name }) => name)).toContain(loggingConfig.logGroup);
    }
  });

  it.each(functions)("samples the debug lines of $name at the stage's rate", (fn) => {
    const rate = Number(fn.environment.variables.POWERTOOLS_LOGGER_SAMPLE_RATE);
    const percents = Array.from({ length: 100 }, (_, percent) => percent);

    // Powertools compares a random whole percent with the rate.
    const sampled = percents.filter((percent) => rate && percent / 100 <= rate);

    expect(sampled).toHaveLength(stage === "production" ? 1 : 0);
  });

  describe("access log", () => {
    const [apiStage] = all("aws:apigatewayv2/stage:Stage");
    const fields = Object.values<string>(JSON.parse(apiStage?.accessLogSettings.format ?? "{}"));

    it("has one unquoted variable per JSON field", () => {
      expect(fields.length).toBeGreaterThan(0);
      for (const field of fields) expect(field).toMatch(/^\$context(\.\w+)+$/);
    });

    it("has the fields that identify a request and explain a 401 or the gateway's 500", () => {
      expect(fields).toEqual(
        expect.arrayContaining([
          "$context.requestId",
          "$context.routeKey",
          "$context.status",
          "$context.responseLatency",
          "$context.error.message",
          "$context.authorizer.error",
          "$context.integrationErrorMessage",
        ]),
      );
    });

    it("has no personal data", () => {
      expect(fields.join()).not.toMatch(/identity|sourceIp|userAgent|claims/);
    });
  });

  it("has an on-demand table with TTL and a stream of old and new images", () => {
    const [table] = all("aws:dynamodb/table:Table");

    expect(table).toMatchObject({
      billingMode: "PAY_PER_REQUEST",
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: { attributeName: "expiresAt", enabled: true },
    });
  });
});
