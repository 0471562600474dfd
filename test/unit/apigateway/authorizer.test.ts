import {
  createAuthorizer,
  formatClaims,
  parseScopes,
} from "@petstore/offline/services/apigateway/authorizer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestClock } from "../../support/clock.ts";
import { rsaKey, signed, startTestIssuer } from "../../support/issuer.ts";

describe("createAuthorizer", () => {
  const key = rsaKey();
  let issuer: Awaited<ReturnType<typeof startTestIssuer>>;
  beforeAll(async () => {
    issuer = await startTestIssuer(key);
  });
  afterAll(() => issuer[Symbol.asyncDispose]());

  it("rejects a token when the clock reaches its expiry", async () => {
    const clock = createTestClock(Date.UTC(2030, 0, 1));
    const exp = clock.now() / 1000 + 60;
    const token = signed(key, { iss: issuer.url, aud: "shop", sub: "user-a", exp });
    const endpoint = "https://abc123.execute-api.us-east-1.amazonaws.com";
    const api = { name: "Api", apiId: "abc123", endpoint, routes: [] };
    const authorization = { type: "JWT" as const, authorizerId: "a", scopes: [] };
    const route = {
      key: "GET /me",
      functionArn: "arn",
      payloadFormatVersion: "2.0" as const,
      authorization,
    };
    const authorizer = { id: "a", issuer: issuer.url, audiences: ["shop"] };
    const identitySource = "$request.header.Authorization";
    const authorize = createAuthorizer(
      { ...api, authorizers: [{ ...authorizer, identitySource }] },
      clock,
    );

    await clock.advance(59_000);
    expect(await authorize(route, { authorization: token }, undefined)).toMatchObject({
      jwt: { claims: { sub: "user-a" } },
    });
    await clock.advance(1_000);
    await expect(authorize(route, { authorization: token }, undefined)).rejects.toMatchObject({
      status: 401,
      authorizerError: "invalid_token: the token has expired",
    });
  });
});

describe("formatClaims", () => {
  it.each<[unknown, string]>([
    ["text", "text"],
    ["", ""],
    [1787996002, "1787996002"],
    [true, "true"],
    [["a", "b"], "[a b]"],
    [[], "[]"],
    [[1, ["b"]], "[1 [b]]"],
    [{ b: 2, a: "1" }, "map[a:1 b:2]"],
  ])("formats %j as %s", (claim, text) => {
    expect(formatClaims({ claim })).toEqual({ claim: text });
  });

  it("omits a claim that is null", () => {
    expect(formatClaims({ claim: null, sub: "user-a" })).toEqual({ sub: "user-a" });
  });

  it("accepts any name", () => {
    expect(
      Object.keys(formatClaims(JSON.parse('{"__proto__": 1, "cognito:groups": ["a"]}'))),
    ).toEqual(["__proto__", "cognito:groups"]);
  });
});

describe("parseScopes", () => {
  it.each<[object, string[]]>([
    [{ scope: "a b" }, ["a", "b"]],
    [{ scope: "" }, []],
    [{ scp: ["a", "b"] }, ["a", "b"]],
    [{ scp: "a b" }, ["a", "b"]],
    [{ scope: "a", scp: ["b"] }, ["a", "b"]],
    [{ scp: ["a b"] }, ["a b"]],
    [{ scope: 1, scp: null }, []],
    [{}, []],
  ])("parses the scopes of %j as %j", (claims, scopes) => {
    expect([...parseScopes({ ...claims })]).toEqual(scopes);
  });
});
