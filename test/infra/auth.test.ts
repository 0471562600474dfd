import { routeKeysOf, routes, type Scope } from "@petstore/core/contract/routes";
import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";

const declared: { route: string; scope?: Scope }[] = Object.values(routes);

describe.each(["offline", "production"])("the graph of %s", (stage) => {
  const { all, links } = graphOf(stage);
  const routesOf = new Map(
    all("aws:apigatewayv2/route:Route").map((route) => [route.routeKey, route]),
  );
  const [authorizer, ...others] = all("aws:apigatewayv2/authorizer:Authorizer");
  const [pool] = all("aws:cognito/userPool:UserPool");
  const clients = all("aws:cognito/userPoolClient:UserPoolClient");

  it("leaves just these routes to everybody", () => {
    const open = [...routesOf.values()].filter(
      ({ authorizationType }) => authorizationType !== "JWT",
    );
    const paths = [
      "/api/docs",
      "/api/docs/{file}",
      "/api/health",
      "/api/inventory",
      "/api/openapi.json",
      "/api/pets",
      "/api/pets/{id}",
    ];
    expect(open.map(({ routeKey }) => routeKey).sort()).toEqual([
      ...paths.map((path) => `GET ${path}`),
      ...paths.map((path) => `HEAD ${path}`),
    ]);
  });

  it.each(declared.filter(({ scope }) => scope))(
    "asks for $scope at $route",
    ({ route, scope }) => {
      for (const routeKey of routeKeysOf(route)) {
        expect(routesOf.get(routeKey), routeKey).toMatchObject({
          authorizationType: "JWT",
          authorizerId: authorizer?.id,
          authorizationScopes: [`petstore/${scope}`, "petstore/pets:admin"],
        });
      }
    },
  );

  it("takes tokens of its own user pool, issued for its own clients", () => {
    expect(others).toEqual([]);
    expect(authorizer).toMatchObject({
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer: `https://${pool?.endpoint}` },
    });
    const audiences = authorizer?.jwtConfiguration.audiences;
    expect(audiences?.toSorted()).toEqual(clients.map(({ id }) => id).sort());
    expect(links.Auth).toMatchObject({
      issuer: authorizer?.jwtConfiguration.issuer,
      audiences,
      adminScope: "petstore/pets:admin",
    });
  });

  it("lets no user ask for the rights of an administrator", () => {
    for (const { name, allowedOauthFlows, allowedOauthScopes, generateSecret } of clients) {
      if (!allowedOauthScopes.includes("petstore/pets:admin")) continue;
      expect(allowedOauthFlows, name).toEqual(["client_credentials"]);
      expect(generateSecret, name).toBe(true);
    }
  });

  it("lets nobody sign up, nor give an address that is not theirs", () => {
    expect(pool).toMatchObject({
      mfaConfiguration: "OPTIONAL",
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
    });
    expect(pool?.passwordPolicy.minimumLength).toBeGreaterThanOrEqual(12);
  });

  it("adds the user's address to access tokens, by a function that may do nothing else", () => {
    const config = pool?.lambdaConfig?.preTokenGenerationConfig;
    const [trigger] = all("aws:lambda/function:Function").filter(
      ({ arn }) => arn === config?.lambdaArn,
    );
    expect(config?.lambdaVersion).toBe("V2_0");
    // Version 2 of the event needs it.
    expect(pool?.userPoolTier).toBe("ESSENTIALS");
    // Cognito waits no longer.
    expect(trigger?.timeout).toBeLessThanOrEqual(5);

    const [role] = all("aws:iam/role:Role").filter(({ arn }) => arn === trigger?.role);
    const actions = role?.inlinePolicies.flatMap(({ policy }) =>
      policy.Statement.flatMap(({ Action }) => Action),
    );
    expect(actions).toEqual(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
    expect(all("aws:lambda/permission:Permission")).toContainEqual(
      expect.objectContaining({ principal: "cognito-idp.amazonaws.com", sourceArn: pool?.arn }),
    );
  });

  it("lets pages send their token", () => {
    const [api] = all("aws:apigatewayv2/api:Api");
    expect(api?.corsConfiguration.allowHeaders).toContain("authorization");
  });
});

describe("the graph of production", () => {
  const { all } = graphOf("production");

  it("protects the users from deletion", () => {
    expect(all("aws:cognito/userPool:UserPool")).toMatchObject([{ deletionProtection: "ACTIVE" }]);
  });

  it("signs people in on its own pages only, and never hands them a token in an address", () => {
    for (const { allowedOauthFlows, callbackUrls } of all(
      "aws:cognito/userPoolClient:UserPoolClient",
    )) {
      expect(allowedOauthFlows).not.toContain("implicit");
      if (allowedOauthFlows.includes("code")) {
        expect(callbackUrls).toEqual(["https://petstore.test"]);
      }
    }
  });
});
