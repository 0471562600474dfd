import type { Graph, Resource } from "@petstore/offline/graph/graph";

export const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:shop-offline-GetItem";

/**
 * Returns the graph of an app with a table, a function, and an API with a route.
 *
 * @param more further resources
 */
export function sampleGraph(...more: Resource[]): Graph {
  return {
    app: "shop",
    stage: "offline",
    region: "us-east-1",
    inputs: { hash: "", files: [] },
    links: {},
    grants: {},
    builds: [
      {
        functionID: "GetItem",
        handler: "src/get.handler",
        runtime: "nodejs24.x",
        links: { ReadItems: { name: "shop-offline-Items", type: "sst.sst.Linkable" } },
      },
    ],
    resources: [
      {
        type: "aws:apigatewayv2/api:Api",
        name: "ApiApi",
        id: "api1",
        state: {
          name: "shop-offline-Api",
          protocolType: "HTTP",
          apiEndpoint: "https://api1.execute-api.us-east-1.amazonaws.com",
          corsConfiguration: { allowOrigins: ["*"], maxAge: 60 },
        },
      },
      {
        type: "aws:apigatewayv2/integration:Integration",
        name: "ApiRouteIntegration",
        id: "int1",
        state: {
          apiId: "api1",
          integrationUri: functionArn,
          payloadFormatVersion: "2.0",
        },
      },
      {
        type: "aws:apigatewayv2/route:Route",
        name: "ApiRoute",
        id: "route1",
        state: { apiId: "api1", routeKey: "GET /items/{id}", target: "integrations/int1" },
      },
      {
        type: "aws:apigatewayv2/stage:Stage",
        name: "ApiStage",
        id: "$default",
        state: {
          apiId: "api1",
          name: "$default",
          accessLogSettings: { format: "$context.requestId" },
          defaultRouteSettings: { throttlingRateLimit: 10, throttlingBurstLimit: 20 },
        },
      },
      {
        type: "aws:dynamodb/table:Table",
        name: "ItemsTable",
        id: "shop-offline-Items",
        state: {
          name: "shop-offline-Items",
          arn: "arn:aws:dynamodb:us-east-1:123456789012:table/shop-offline-Items",
          attributes: [
            { name: "pk", type: "S" },
            { name: "sk", type: "S" },
            { name: "n", type: "N" },
          ],
          billingMode: "PAY_PER_REQUEST",
          hashKey: "pk",
          rangeKey: "sk",
          globalSecondaryIndexes: [
            {
              name: "byNumber",
              hashKey: "n",
              projectionType: "INCLUDE",
              nonKeyAttributes: ["title"],
            },
          ],
          localSecondaryIndexes: [{ name: "local", rangeKey: "n", projectionType: "KEYS_ONLY" }],
          streamEnabled: true,
          streamViewType: "NEW_AND_OLD_IMAGES",
          ttl: { attributeName: "expiresAt", enabled: true },
        },
      },
      {
        type: "aws:lambda/function:Function",
        name: "GetItemFunction",
        id: "shop-offline-GetItem",
        state: {
          name: "shop-offline-GetItem",
          arn: functionArn,
          role: "arn:aws:iam::123456789012:role/shop-offline-GetItemRole",
          memorySize: 512,
          timeout: 10,
          environment: {
            variables: { STAGE: "offline", SST_KEY: "a2V5", SST_KEY_FILE: "resource.enc" },
          },
          loggingConfig: { logFormat: "JSON", logGroup: "/aws/lambda/items" },
          tracingConfig: { mode: "Active" },
        },
      },
      ...more,
    ],
  };
}

/** Returns a resource whose id is its name. */
export const sampleResource = (type: string, name: string, state = {}): Resource => ({
  type,
  name,
  id: name,
  state,
});

/** Returns an authorizer of the API. */
export const sampleAuthorizer = (name: string, state: object): Resource =>
  sampleResource("aws:apigatewayv2/authorizer:Authorizer", name, { apiId: "api1", ...state });

/** An authorizer that accepts tokens of an issuer. */
export const jwtAuthorizer = sampleAuthorizer("readers", {
  authorizerType: "JWT",
  identitySources: ["$request.header.Authorization"],
  jwtConfiguration: { issuer: "https://issuer.example.com", audiences: ["shop"] },
});
