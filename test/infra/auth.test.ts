import { routeKeysOf, routes, type Scope } from "@petstore/core/contract/routes";
import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";

const declared: { route: string; scope?: Scope }[] = Object.values(routes);

describe.each(["offline", "production"])("the graph of %s", (stage) => {
  const { all, links } = graphOf(stage);
  const routesByKey = new Map(
    all("aws:apigatewayv2/route:Route").map((route) => [route.routeKey, route]),
  );
  const [authorizer, ...others] = all("aws:apigatewayv2/authorizer:Authorizer");
  const [pool] = all("aws:cognito/userPool:UserPool");
  const clients = all("aws:cognito/userPoolClient:UserPoolClient");

  it("has exactly these public routes", () => {
    const open = [...routesByKey.values()].filter(
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
    "requires $scope at $route",
    ({ route, scope }) => {
      for (const routeKey of routeKeysOf(route)) {
        expect(routesByKey.get(routeKey), routeKey).toMatchObject({
          authorizationType: "JWT",
          authorizerId: authorizer?.id,
          authorizationScopes: [`petstore/${scope}`, "petstore/pets:admin"],
        });
      }
    },
  );

  it("accepts only tokens of the stage's user pool and its clients", () => {
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

  it("grants pets:admin only to clients with a secret", () => {
    for (const { name, allowedOauthFlows, allowedOauthScopes, generateSecret } of clients) {
      if (!allowedOauthScopes.includes("petstore/pets:admin")) continue;
      expect(allowedOauthFlows, name).toEqual(["client_credentials"]);
      expect(generateSecret, name).toBe(true);
    }
  });

  it("disables sign-up and verifies new mail addresses", () => {
    expect(pool).toMatchObject({
      mfaConfiguration: "OPTIONAL",
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
    });
    expect(pool?.passwordPolicy.minimumLength).toBeGreaterThanOrEqual(12);
  });

  it("adds the user's mail address to access tokens by a function without other permissions", () => {
    const config = pool?.lambdaConfig?.preTokenGenerationConfig;
    const [trigger] = all("aws:lambda/function:Function").filter(
      ({ arn }) => arn === config?.lambdaArn,
    );

    expect(config?.lambdaVersion).toBe("V2_0");
    // Version 2 of the trigger event requires this plan.
    expect(pool?.userPoolTier).toBe("ESSENTIALS");
    // Cognito stops waiting for a trigger after 5 s.
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

  it("allows the Authorization header in cross-origin requests", () => {
    const [api] = all("aws:apigatewayv2/api:Api");

    expect(api?.corsConfiguration.allowHeaders).toContain("authorization");
  });
});

describe("the graph of production", () => {
  const { all } = graphOf("production");

  it("protects the user pool from deletion", () => {
    expect(all("aws:cognito/userPool:UserPool")).toMatchObject([{ deletionProtection: "ACTIVE" }]);
  });

  it("redirects only to allowed origins after sign-in, and never puts a token in a URL", () => {
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
