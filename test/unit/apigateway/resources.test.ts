import { describe, expect, it } from "vitest";
import { resourcesOf } from "../../support/resources.ts";
import {
  functionArn,
  jwtAuthorizer,
  sampleAuthorizer,
  sampleGraph,
  sampleResource,
} from "../../support/sample-graph.ts";

describe("readHttpApis", () => {
  it("returns the routes, CORS configuration, throttle and access log format", () => {
    expect(resourcesOf(sampleGraph()).apis).toEqual([
      {
        name: "shop-offline-Api",
        apiId: "api1",
        endpoint: "https://api1.execute-api.us-east-1.amazonaws.com",
        cors: { allowOrigins: ["*"], maxAge: 60 },
        authorizers: [],
        routes: [{ key: "GET /items/{id}", functionArn, payloadFormatVersion: "2.0" }],
        throttle: { rateLimit: 10, burstLimit: 20 },
        accessLogFormat: "$context.requestId",
      },
    ]);
  });

  it.each([
    [
      "an invocation ARN",
      `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    ],
    ["the ARN of a version", `${functionArn}:7`],
  ])("finds the function in %s", (_, uri) => {
    const graph = sampleGraph();
    for (const { type, state } of graph.resources) {
      if (type.includes("integration")) state.integrationUri = uri;
    }
    expect(resourcesOf(graph).apis[0]?.routes[0]?.functionArn).toBe(functionArn);
  });

  it("omits routes of other APIs, and routes that invoke no function", () => {
    const routes = resourcesOf(
      sampleGraph(
        sampleResource("aws:apigatewayv2/route:Route", "Other", {
          apiId: "api2",
          routeKey: "GET /",
          target: "integrations/int1",
        }),
        sampleResource("aws:apigatewayv2/integration:Integration", "proxy", {
          integrationUri: "https://example.com",
        }),
        sampleResource("aws:apigatewayv2/route:Route", "Proxy", {
          apiId: "api1",
          routeKey: "GET /proxy",
          target: "integrations/proxy",
        }),
        sampleResource("aws:apigatewayv2/integration:Integration", "queue", {
          integrationSubtype: "SQS-SendMessage",
        }),
        sampleResource("aws:apigatewayv2/route:Route", "Queue", {
          apiId: "api1",
          routeKey: "POST /queue",
          target: "integrations/queue",
        }),
      ),
    ).apis[0]?.routes;
    expect(routes?.map(({ key }) => key)).toEqual(["GET /items/{id}"]);
  });

  it("returns the JWT authorizers of the API, without those of others", () => {
    const other = { apiId: "api2", jwtConfiguration: { issuer: "https://other.example.com" } };
    expect(
      resourcesOf(sampleGraph(jwtAuthorizer, sampleAuthorizer("other", other))).apis[0],
    ).toMatchObject({
      authorizers: [
        {
          id: "readers",
          identitySource: "$request.header.Authorization",
          issuer: "https://issuer.example.com",
          audiences: ["shop"],
        },
      ],
    });
  });

  it.each([
    ["nothing for a public route", { authorizationType: "NONE" }, undefined],
    [
      "the authorizer of a route that requires a token",
      { authorizationType: "JWT", authorizerId: "readers" },
      { type: "JWT", authorizerId: "readers", scopes: [] },
    ],
    [
      "the scopes of a route that requires a token",
      { authorizationType: "JWT", authorizerId: "readers", authorizationScopes: ["shop/read"] },
      { type: "JWT", authorizerId: "readers", scopes: ["shop/read"] },
    ],
    [
      "closed for a route whose authorizer is missing",
      { authorizationType: "JWT", authorizerId: "nobody" },
      { type: "closed", by: "JWT" },
    ],
    [
      "closed for a route that a function authorizes",
      { authorizationType: "CUSTOM", authorizerId: "readers" },
      { type: "closed", by: "CUSTOM" },
    ],
    [
      "closed for a route that IAM authorizes",
      { authorizationType: "AWS_IAM" },
      { type: "closed", by: "AWS_IAM" },
    ],
  ])("returns %s", (_, state, authorization) => {
    const graph = sampleGraph(jwtAuthorizer);
    for (const { type, state: route } of graph.resources) {
      if (type.endsWith(":Route")) Object.assign(route, state);
    }
    expect(resourcesOf(graph).apis[0]?.routes[0]?.authorization).toEqual(authorization);
  });
});
