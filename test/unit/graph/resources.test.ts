import type { Resource } from "@petstore/offline/graph/graph";
import { findUnsupported } from "@petstore/offline/runtime/unsupported";
import { services } from "@petstore/offline/services/index";
import { describe, expect, it } from "vitest";
import { resourcesOf } from "../../support/resources.ts";
import { functionArn, sampleGraph } from "./sample.ts";

const resource = (type: string, name: string, state = {}): Resource => ({
  type,
  name,
  id: name,
  state,
});

it("a function carries its settings, and its links as environment variables", () => {
  expect(resourcesOf(sampleGraph()).functions).toEqual([
    {
      name: "GetItem",
      functionName: "shop-offline-GetItem",
      arn: functionArn,
      roleArn: "arn:aws:iam::123456789012:role/shop-offline-GetItemRole",
      memoryMb: 512,
      timeoutSeconds: 10,
      environment: {
        STAGE: "offline",
        SST_RESOURCE_ReadItems: '{"name":"shop-offline-Items","type":"sst.sst.Linkable"}',
      },
      logGroup: "/aws/lambda/items",
      logFormat: "JSON",
      logLevel: "INFO",
      tracing: "Active",
      build: sampleGraph().builds[0],
    },
  ]);
});

it("what a function leaves out is as Lambda has it", () => {
  const graph = sampleGraph();
  for (const { type, state } of graph.resources) {
    if (type !== "aws:lambda/function:Function") continue;
    delete state.memorySize;
    delete state.timeout;
    delete state.loggingConfig;
    delete state.tracingConfig;
    state.reservedConcurrentExecutions = 0;
  }
  expect(resourcesOf(graph).functions[0]).toMatchObject({
    memoryMb: 128,
    timeoutSeconds: 3,
    logFormat: "Text",
    tracing: "PassThrough",
    logGroup: "/aws/lambda/shop-offline-GetItem",
    reservedConcurrency: 0,
  });
});

describe("a function's log level", () => {
  const levelOf = (loggingConfig: object) => {
    const graph = sampleGraph();
    for (const { type, state } of graph.resources) {
      if (type === "aws:lambda/function:Function") state.loggingConfig = loggingConfig;
    }
    return resourcesOf(graph).functions[0]?.logLevel;
  };

  it.each([
    ["INFO by default in JSON", { logFormat: "JSON" }, "INFO"],
    ["as declared in JSON", { logFormat: "JSON", applicationLogLevel: "DEBUG" }, "DEBUG"],
    ["none in text", { logFormat: "Text" }, undefined],
  ])("is %s", (_, loggingConfig, expected) => {
    expect(levelOf(loggingConfig)).toBe(expected);
  });
});

it("an API has its routes, CORS, throttle and access log", () => {
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
])("%s leads to the function within", (_, uri) => {
  const graph = sampleGraph();
  for (const { type, state } of graph.resources) {
    if (type.includes("integration")) state.integrationUri = uri;
  }
  expect(resourcesOf(graph).apis[0]?.routes[0]?.functionArn).toBe(functionArn);
});

it("routes of another API, and routes to no function, are left out", () => {
  const routes = resourcesOf(
    sampleGraph(
      resource("aws:apigatewayv2/route:Route", "Other", {
        apiId: "api2",
        routeKey: "GET /",
        target: "integrations/int1",
      }),
      resource("aws:apigatewayv2/integration:Integration", "proxy", {
        integrationUri: "https://example.com",
      }),
      resource("aws:apigatewayv2/route:Route", "Proxy", {
        apiId: "api1",
        routeKey: "GET /proxy",
        target: "integrations/proxy",
      }),
      resource("aws:apigatewayv2/integration:Integration", "queue", {
        integrationSubtype: "SQS-SendMessage",
      }),
      resource("aws:apigatewayv2/route:Route", "Queue", {
        apiId: "api1",
        routeKey: "POST /queue",
        target: "integrations/queue",
      }),
    ),
  ).apis[0]?.routes;
  expect(routes?.map(({ key }) => key)).toEqual(["GET /items/{id}"]);
});

describe("a queue", () => {
  const sizeOf = (state: object) => {
    const queue = { name: "jobs", arn: "arn:aws:sqs:us-east-1:123456789012:jobs", url: "url" };
    const graph = sampleGraph(resource("aws:sqs/queue:Queue", "Jobs", { ...queue, ...state }));
    return resourcesOf(graph).queues[0]?.attributes.MaximumMessageSize;
  };

  it("takes messages of the size that it declares", () => {
    expect(sizeOf({ maxMessageSize: 1_048_576 })).toBe("1048576");
  });

  it("takes 256 KiB where it declares none, as the provider creates it", () => {
    expect(sizeOf({})).toBe("262144");
  });
});

const authorizer = (name: string, state: object) =>
  resource("aws:apigatewayv2/authorizer:Authorizer", name, { apiId: "api1", ...state });
const jwtAuthorizer = authorizer("readers", {
  authorizerType: "JWT",
  identitySources: ["$request.header.Authorization"],
  jwtConfiguration: { issuer: "https://issuer.example.com", audiences: ["shop"] },
});

it("an API has its JWT authorizers, those of other APIs not", () => {
  const other = { apiId: "api2", jwtConfiguration: { issuer: "https://other.example.com" } };
  expect(resourcesOf(sampleGraph(jwtAuthorizer, authorizer("other", other))).apis[0]).toMatchObject(
    {
      authorizers: [
        {
          id: "readers",
          identitySource: "$request.header.Authorization",
          issuer: "https://issuer.example.com",
          audiences: ["shop"],
        },
      ],
    },
  );
});

it.each([
  ["open", { authorizationType: "NONE" }, undefined],
  [
    "for tokens",
    { authorizationType: "JWT", authorizerId: "readers" },
    { type: "JWT", authorizerId: "readers", scopes: [] },
  ],
  [
    "for tokens with a scope",
    { authorizationType: "JWT", authorizerId: "readers", authorizationScopes: ["shop/read"] },
    { type: "JWT", authorizerId: "readers", scopes: ["shop/read"] },
  ],
  [
    "closed without its authorizer",
    { authorizationType: "JWT", authorizerId: "nobody" },
    { type: "closed", by: "JWT" },
  ],
  [
    "closed, for no function decides here",
    { authorizationType: "CUSTOM", authorizerId: "readers" },
    { type: "closed", by: "CUSTOM" },
  ],
  ["closed, for IAM", { authorizationType: "AWS_IAM" }, { type: "closed", by: "AWS_IAM" }],
])("a route is %s", (_, state, authorization) => {
  const graph = sampleGraph(jwtAuthorizer);
  for (const { type, state: route } of graph.resources) {
    if (type.endsWith(":Route")) Object.assign(route, state);
  }
  expect(resourcesOf(graph).apis[0]?.routes[0]?.authorization).toEqual(authorization);
});

it("a user pool has its clients and scopes; one that is only referred to is left out", () => {
  const endpoint = "cognito-idp.us-east-1.amazonaws.com";
  const graph = sampleGraph(
    resource("aws:cognito/userPool:UserPool", "us-east-1_one", {
      endpoint: `${endpoint}/us-east-1_one`,
    }),
    resource("aws:cognito/userPool:UserPool", "us-east-1_referred", {
      endpoint: `${endpoint}/us-east-1_computed`,
    }),
    resource("aws:cognito/userPoolClient:UserPoolClient", "web", { userPoolId: "us-east-1_one" }),
    resource("aws:cognito/userPoolClient:UserPoolClient", "other", { userPoolId: "us-east-1_two" }),
    resource("aws:cognito/resourceServer:ResourceServer", "server", {
      userPoolId: "us-east-1_one",
      identifier: "shop",
      scopes: [{ scopeName: "items:read" }, { scopeName: "items:write" }],
    }),
  );
  expect(resourcesOf(graph).userPools).toEqual([
    {
      name: "us-east-1_one",
      id: "us-east-1_one",
      issuer: `https://${endpoint}/us-east-1_one`,
      clientIds: ["web"],
      scopes: ["shop/items:read", "shop/items:write"],
    },
  ]);
});

it("a table is what CreateTable takes", () => {
  expect(resourcesOf(sampleGraph()).tables).toEqual([
    {
      name: "shop-offline-Items",
      arn: "arn:aws:dynamodb:us-east-1:123456789012:table/shop-offline-Items",
      definition: {
        TableName: "shop-offline-Items",
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
          { AttributeName: "n", AttributeType: "N" },
        ],
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        BillingMode: "PAY_PER_REQUEST",
        GlobalSecondaryIndexes: [
          {
            IndexName: "byNumber",
            KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
            Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["title"] },
          },
        ],
        LocalSecondaryIndexes: [
          {
            IndexName: "local",
            KeySchema: [
              { AttributeName: "pk", KeyType: "HASH" },
              { AttributeName: "n", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "KEYS_ONLY" },
          },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      },
      ttlAttribute: "expiresAt",
    },
  ]);
});

it("what is not hosted is listed by type, mere configuration is not", () => {
  const unsupported = findUnsupported(
    sampleGraph(
      resource("aws:iam/role:Role", "GetItemRole", {
        name: "role",
        arn: "arn:aws:iam::1:role/role",
      }),
      resource("aws:sns/topic:Topic", "JobsQueue"),
      resource("aws:sns/topic:Topic", "DeadQueue"),
      resource("aws:lambda/function:Function", "Unbundled"),
      resource("aws:apigatewayv2/api:Api", "Socket", { protocolType: "WEBSOCKET" }),
      jwtAuthorizer,
      authorizer("AskFunction", { authorizerType: "REQUEST" }),
      resource("aws:apigatewayv2/route:Route", "Signed", {
        apiId: "api1",
        routeKey: "GET /signed",
        target: "integrations/int1",
        authorizationType: "AWS_IAM",
      }),
    ),
    services,
  );
  expect(unsupported).toEqual([
    { type: "aws:sns/topic:Topic", names: ["JobsQueue", "DeadQueue"] },
    { type: "aws:lambda/function:Function", names: ["Unbundled"] },
    { type: "aws:apigatewayv2/api:Api", names: ["Socket"] },
    { type: "aws:apigatewayv2/authorizer:Authorizer", names: ["AskFunction"] },
    { type: "aws:apigatewayv2/route:Route", names: ["Signed"] },
  ]);
});
