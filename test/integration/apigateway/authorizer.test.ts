import type { HttpApi } from "@petstore/offline/services/apigateway/resources";
import { UserError } from "@petstore/offline/util/user-error";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { rsaKey, signed, startTestIssuer } from "../../support/issuer.ts";
import { send, sendRaw, start as startGateway } from "./harness.ts";

const key = rsaKey();
let issuer: Awaited<ReturnType<typeof startTestIssuer>>;

beforeAll(async () => {
  issuer = await startTestIssuer(key);
});
afterAll(() => issuer[Symbol.asyncDispose]());

const routes: HttpApi["routes"] = [
  { key: "GET /open" },
  { key: "GET /me", authorization: { type: "JWT" as const, authorizerId: "a", scopes: [] } },
  {
    key: "POST /pets",
    authorization: { type: "JWT" as const, authorizerId: "a", scopes: ["write", "admin"] },
  },
  { key: "GET /closed", authorization: { type: "closed" as const, by: "AWS_IAM" } },
].map((route) => ({ ...route, functionArn: "arn", payloadFormatVersion: "2.0" }));

const start = (settings: Partial<HttpApi> = {}, identitySource = "$request.header.Authorization") =>
  startGateway(undefined, {
    settings: {
      routes,
      authorizers: [{ id: "a", identitySource, issuer: issuer.url, audiences: ["shop"] }],
      ...settings,
    },
  });

const tokenOf = (claims: object = {}) =>
  signed(key, {
    iss: issuer.url,
    aud: "shop",
    sub: "user-a",
    exp: Math.floor(Date.now() / 1000) + 60,
    ...claims,
  });

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const unauthorized = { status: 401, body: '{"message":"Unauthorized"}' };
const challenge = (error: string, description: string, scope = "") =>
  `Bearer scope="${scope}" error="${error}" error_description="${description}"`;

describe("an accepted token", () => {
  it("passes its claims as text and its scopes to the function", async () => {
    const gateway = await start();
    const options = {
      method: "POST",
      ...bearer(tokenOf({ scope: "read write", groups: ["a", "b"] })),
    };

    expect(await send(`${gateway.url}/pets`, options)).toMatchObject({ status: 200 });
    expect(gateway.invocations[0]?.event.requestContext.authorizer).toEqual({
      jwt: {
        claims: {
          iss: issuer.url,
          aud: "shop",
          sub: "user-a",
          exp: expect.stringMatching(/^\d+$/),
          scope: "read write",
          groups: "[a b]",
        },
        scopes: ["read", "write"],
      },
    });
  });

  it("passes no scopes on a route without scopes, and no caller on a public route", async () => {
    const gateway = await start();
    await send(`${gateway.url}/me`, bearer(tokenOf({ scope: "read" })));
    await send(`${gateway.url}/open`, bearer(tokenOf()));
    const [me, open] = gateway.invocations.map(({ event }) => event.requestContext);

    expect(me.authorizer.jwt.scopes).toBeNull();
    expect(open).not.toHaveProperty("authorizer");
  });

  it("is found in the header whatever the case of its name", async () => {
    const gateway = await start();
    const header = `AUTHORIZATION:   bearer    ${tokenOf()}   `;
    const lines = ["GET /me HTTP/1.1", "Host: a", "Connection: close", header];

    expect(await sendRaw(gateway.url, `${lines.join("\r\n")}\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it("is found in the query string if that is the authorizer's identity source", async () => {
    const gateway = await start({}, "$request.querystring.token");

    expect(await send(`${gateway.url}/me?token=${tokenOf()}`)).toMatchObject({ status: 200 });
    expect(await send(`${gateway.url}/me`, bearer(tokenOf()))).toMatchObject(unauthorized);
  });

  it("is not needed for a preflight, and a 401 has CORS headers", async () => {
    const gateway = await start({ cors: { allowOrigins: ["*"], allowHeaders: ["authorization"] } });
    const headers = { origin: "https://shop.example.com", "access-control-request-method": "GET" };

    expect(await send(`${gateway.url}/me`, { method: "OPTIONS", headers })).toMatchObject({
      status: 204,
    });
    const rejected = await send(`${gateway.url}/me`, { headers });
    expect(rejected).toMatchObject({
      ...unauthorized,
      headers: { "access-control-allow-origin": "*", "www-authenticate": "Bearer" },
    });
  });
});

describe("a request is rejected", () => {
  it.each<[string, string[], string]>([
    ["without a header", [], "Bearer"],
    ["without a token in the header", ["Authorization: Bearer    "], "Bearer"],
    [
      "with two headers",
      ["Authorization: Bearer a.b.c", "authorization: Bearer a.b.c"],
      challenge("invalid_token", "token contains an invalid number of segments"),
    ],
    [
      "with bytes that are not UTF-8",
      ["Authorization: Bearer \u00ff\u00fe.\u00fd.\u00fc"],
      challenge("invalid_token", "the token is malformed"),
    ],
    [
      "with quotes, which the challenge does not repeat",
      ['Authorization: Bearer a".b".c"'],
      challenge("invalid_token", "the token is malformed"),
    ],
  ])("%s", async (_, headers, expectedChallenge) => {
    const gateway = await start();
    const lines = ["GET /me HTTP/1.1", "Host: a", "Connection: close", ...headers];
    const response = await sendRaw(gateway.url, `${lines.join("\r\n")}\r\n\r\n`);

    expect(response).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n/);
    expect(response).toContain(`\r\nwww-authenticate: ${expectedChallenge}\r\n`);
    expect(response).toMatch(/\r\n\r\n\{"message":"Unauthorized"\}$/);
    expect(gateway.invocations).toHaveLength(0);
  });

  it("for an invalid token, and the access log has the reason", async () => {
    const gateway = await start();
    const rejected = await send(`${gateway.url}/me`, bearer(tokenOf({ exp: 1 })));

    expect(rejected).toMatchObject({
      ...unauthorized,
      headers: {
        "content-type": "application/json",
        "www-authenticate": challenge("invalid_token", "the token has expired"),
      },
    });
    expect(gateway.records[0]?.authorizerError).toBe("invalid_token: the token has expired");
  });

  it.each([
    ["no scope", {}],
    ["other scopes", { scope: "read writer", scp: ["adm"] }],
    ["a list element that contains a required scope", { scp: ["write admin"] }],
  ])("with 403 for a token with %s on a route with scopes", async (_, claims) => {
    const gateway = await start();
    const options = { method: "POST", ...bearer(tokenOf(claims)) };

    expect(await send(`${gateway.url}/pets`, options)).toMatchObject({
      status: 403,
      body: '{"message":"Forbidden"}',
      headers: {
        "www-authenticate": challenge(
          "insufficient_scope",
          "the token has none of the scopes that the route requires",
          "write admin",
        ),
      },
    });
    expect(gateway.invocations).toHaveLength(0);
  });

  it("with 431 for a token longer than a header may be", async () => {
    const gateway = await start();
    const token = tokenOf({ padding: "x".repeat(8_000) });

    expect(await send(`${gateway.url}/me`, bearer(token))).toMatchObject({ status: 431 });
  });

  it("while the issuer does not respond", async () => {
    issuer.down = "/.well-known/openid-configuration";
    onTestFinished(() => {
      issuer.down = undefined;
    });
    const gateway = await start();

    expect(await send(`${gateway.url}/me`, bearer(tokenOf()))).toMatchObject({
      ...unauthorized,
      headers: {
        "www-authenticate": challenge(
          "invalid_token",
          "OIDC discovery endpoint communication error",
        ),
      },
    });
  });

  it("with 403 on a route whose authorization is not supported offline", async () => {
    const gateway = await start();

    expect(await send(`${gateway.url}/closed`, bearer(tokenOf()))).toMatchObject({
      status: 403,
      body: '{"message":"Forbidden"}',
    });
    expect(gateway.invocations).toHaveLength(0);
  });
});

it("an unknown identity source fails the start with a message for the user", async () => {
  await expect(start({}, "$context.identity.sourceIp")).rejects.toThrow(UserError);
});
