import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { HttpApi } from "../../../packages/offline/src/services/apigateway/resources.ts";
import { UserError } from "../../../packages/offline/src/util/user-error.ts";
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

describe("who is let in", () => {
  it("the function is told the claims as text, and the scopes of the token", async () => {
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

  it("a route without scopes tells of none, an open one of nobody", async () => {
    const gateway = await start();
    await send(`${gateway.url}/me`, bearer(tokenOf({ scope: "read" })));
    await send(`${gateway.url}/open`, bearer(tokenOf()));
    const [me, open] = gateway.invocations.map(({ event }) => event.requestContext);
    expect(me.authorizer.jwt.scopes).toBeNull();
    expect(open).not.toHaveProperty("authorizer");
  });

  it.each<(token: string) => string[]>([
    (token) => [`Authorization: ${token}`],
    (token) => [`AUTHORIZATION: bearer ${token}`],
    (token) => [`authorization:   BEARER    ${token}   `],
    (token) => [`Authorization: Bearer\t${token}`],
  ])("%s", async (headers) => {
    const gateway = await start();
    const lines = ["GET /me HTTP/1.1", "Host: a", "Connection: close", ...headers(tokenOf())];
    expect(await sendRaw(gateway.url, `${lines.join("\r\n")}\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it("a token in the query string, where the authorizer looks for it there", async () => {
    const gateway = await start({}, "$request.querystring.token");
    expect(await send(`${gateway.url}/me?token=${tokenOf()}`)).toMatchObject({ status: 200 });
    expect(await send(`${gateway.url}/me`, bearer(tokenOf()))).toMatchObject(unauthorized);
  });

  it("a preflight needs no token, and the answer to a browser without one can be read", async () => {
    const gateway = await start({ cors: { allowOrigins: ["*"], allowHeaders: ["authorization"] } });
    const headers = { origin: "https://shop.example.com", "access-control-request-method": "GET" };
    expect(await send(`${gateway.url}/me`, { method: "OPTIONS", headers })).toMatchObject({
      status: 204,
    });
    const refused = await send(`${gateway.url}/me`, { headers });
    expect(refused).toMatchObject({
      ...unauthorized,
      headers: { "access-control-allow-origin": "*", "www-authenticate": "Bearer" },
    });
  });
});

describe("who is not", () => {
  it.each<[string, string[], string]>([
    ["no token", [], "Bearer"],
    ["an empty one", ["Authorization:"], "Bearer"],
    ["nothing but Bearer", ["Authorization: Bearer"], "Bearer"],
    ["spaces after Bearer", ["Authorization: Bearer    "], "Bearer"],
    [
      "another scheme",
      ["Authorization: Basic dXNlcjpwYXNz"],
      challenge("invalid_token", "token contains an invalid number of segments"),
    ],
    [
      "two tokens",
      ["Authorization: Bearer a.b.c", "authorization: Bearer a.b.c"],
      challenge("invalid_token", "token contains an invalid number of segments"),
    ],
    [
      "bytes that are no text",
      ["Authorization: Bearer \u00ff\u00fe.\u00fd.\u00fc"],
      challenge("invalid_token", "the token is malformed"),
    ],
    [
      "quotes for the challenge",
      ['Authorization: Bearer a".b".c"'],
      challenge("invalid_token", "the token is malformed"),
    ],
  ])("%s", async (_, headers, expected) => {
    const gateway = await start();
    const lines = ["GET /me HTTP/1.1", "Host: a", "Connection: close", ...headers];
    const answer = await sendRaw(gateway.url, `${lines.join("\r\n")}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n/);
    expect(answer).toContain(`\r\nwww-authenticate: ${expected}\r\n`);
    expect(answer).toMatch(/\r\n\r\n\{"message":"Unauthorized"\}$/);
    expect(gateway.invocations).toHaveLength(0);
  });

  it("a token that is no good, and the log says why", async () => {
    const gateway = await start();
    const refused = await send(`${gateway.url}/me`, bearer(tokenOf({ exp: 1 })));
    expect(refused).toMatchObject({
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
    ["an element of a list that contains one", { scp: ["write admin"] }],
  ])("a token with %s, where the route asks for one", async (_, claims) => {
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

  it("a token so long that it is too much of a header", async () => {
    const gateway = await start();
    const token = tokenOf({ padding: "x".repeat(8_000) });
    expect(await send(`${gateway.url}/me`, bearer(token))).toMatchObject({ status: 431 });
  });

  it("anybody, where the issuer does not answer", async () => {
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

  it("anybody, where what decides is not hosted", async () => {
    const gateway = await start();
    expect(await send(`${gateway.url}/closed`, bearer(tokenOf()))).toMatchObject({
      status: 403,
      body: '{"message":"Forbidden"}',
    });
    expect(gateway.invocations).toHaveLength(0);
  });
});

it("an identity source that does not exist is the user's to change", async () => {
  await expect(start({}, "$context.identity.sourceIp")).rejects.toThrow(UserError);
});
