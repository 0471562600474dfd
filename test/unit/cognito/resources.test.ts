import { describe, expect, it } from "vitest";
import { resourcesOf } from "../../support/resources.ts";
import { sampleGraph, sampleResource } from "../../support/sample-graph.ts";

describe("readUserPools", () => {
  it("returns the clients and scopes of a pool, and omits pools of other apps", () => {
    const endpoint = "cognito-idp.us-east-1.amazonaws.com";
    const graph = sampleGraph(
      sampleResource("aws:cognito/userPool:UserPool", "us-east-1_one", {
        endpoint: `${endpoint}/us-east-1_one`,
      }),
      sampleResource("aws:cognito/userPool:UserPool", "us-east-1_referred", {
        endpoint: `${endpoint}/us-east-1_computed`,
      }),
      sampleResource("aws:cognito/userPoolClient:UserPoolClient", "web", {
        userPoolId: "us-east-1_one",
      }),
      sampleResource("aws:cognito/userPoolClient:UserPoolClient", "other", {
        userPoolId: "us-east-1_two",
      }),
      sampleResource("aws:cognito/resourceServer:ResourceServer", "server", {
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
});
