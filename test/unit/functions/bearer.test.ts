import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { forge, rsaKey } from "../../support/forge.ts";

/** An issuer of tokens, as far as those who verify them see it. */
const key = rsaKey("key-1");
let published = [key.jwk];
let up = true;
const asked: (string | undefined)[] = [];
const server = createServer((request, response) => {
  asked.push(request.url);
  response.statusCode = up ? 200 : 503;
  const documents: Record<string, object> = {
    "/.well-known/openid-configuration": { issuer, jwks_uri: `${issuer}/keys` },
    "/keys": { keys: published },
  };
  response.end(JSON.stringify(documents[request.url ?? ""]));
}).listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());

const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const now = Math.floor(Date.now() / 1000);
const claims = { iss: issuer, aud: "web", sub: "ann", exp: now + 60 };
const other = rsaKey("key-1");

vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "petstore", stage: "test" }));
vi.stubEnv("SST_RESOURCE_Auth", JSON.stringify({ issuer, audiences: ["web", "operator"] }));

let bearerOf: typeof import("../../../packages/functions/src/bearer-token.ts").bearerOf;
beforeEach(async () => {
  [published, up] = [[key.jwk], true];
  asked.length = 0;
  vi.resetModules();
  ({ bearerOf } = await import("../../../packages/functions/src/bearer-token.ts"));
});
const ask = (token: string) => bearerOf(`Bearer ${token}`);

// Which tokens are valid is the same for the gateway: see test/integration/api/tokens.test.ts.
describe("a valid token", () => {
  it("says who it is, and is verified with keys that are fetched once", async () => {
    const token = forge.rs256(claims, key);
    expect(await Promise.all([ask(token), bearerOf(`bearer  ${token}`)])).toEqual(["ann", "ann"]);
    await ask(token);
    expect(asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
  });
});

describe("refuses a token that", () => {
  it.each([
    ["is signed by somebody else", forge.rs256(claims, other)],
    ["has expired", forge.rs256({ ...claims, exp: now - 1 }, key)],
    ["is about nobody", forge.rs256({ ...claims, sub: undefined }, key)],
    ["is about somebody impossible", forge.rs256({ ...claims, sub: "a#b" }, key)],
    ["is no token", "nonsense"],
  ])("%s", async (_, token) => {
    await expect(ask(token)).rejects.toMatchObject({
      type: "not-authenticated",
      status: 401,
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  });

  it.each([undefined, "", "Bearer", "Bearer "])("is not there: %j", async (authorization) => {
    await expect(bearerOf(authorization)).rejects.toMatchObject({
      type: "not-authenticated",
      headers: { "www-authenticate": "Bearer" },
    });
    expect(asked).toEqual([]);
  });
});

it("asks nobody for the keys of a token with another algorithm", async () => {
  await expect(ask(forge.hs256(claims, key))).rejects.toThrow();
  expect(asked).toEqual([]);
});

describe("when the issuer is away", () => {
  const token = forge.rs256(claims, key);

  it("says to try again, and then finds it", async () => {
    up = false;
    await expect(ask(token)).rejects.toMatchObject({
      type: "try-again",
      status: 503,
      headers: { "retry-after": "1" },
    });
    up = true;
    expect(await ask(token)).toBe("ann");
  });

  it("goes on with the keys it has", async () => {
    await ask(token);
    up = false;
    expect(await ask(token)).toBe("ann");
  });
});
