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

let bearerOf: typeof import("../../../packages/functions/src/bearer.ts").bearerOf;
beforeEach(async () => {
  [published, up] = [[key.jwk], true];
  asked.length = 0;
  vi.resetModules();
  ({ bearerOf } = await import("../../../packages/functions/src/bearer.ts"));
});
const ask = (token: string) => bearerOf(`Bearer ${token}`);

describe("a valid token", () => {
  it.each([
    claims,
    { ...claims, aud: ["somebody", "operator"] },
    { ...claims, aud: undefined, client_id: "web" },
  ])("with %o says who it is", async (valid) => {
    expect(await ask(forge.rs256(valid, key))).toBe("ann");
  });

  it("is verified with keys that are fetched once", async () => {
    const token = forge.rs256(claims, key);
    expect(await Promise.all([ask(token), bearerOf(`bearer  ${token}`)])).toEqual(["ann", "ann"]);
    await ask(token);
    expect(asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
  });
});

describe("refuses a token that", () => {
  it.each([
    ["is signed by somebody else", forge.rs256(claims, other)],
    ["is signed with a key that is not published", forge.rs256(claims, rsaKey("key-2"))],
    ["is not signed", forge.none(claims)],
    ["is signed with the public key as a secret", forge.hs256(claims, key)],
    ["is changed", forge.rs256(claims, key).replace(/\.[^.]+\./, ".eyJzdWIiOiJib2IifQ.")],
    ["has expired", forge.rs256({ ...claims, exp: now - 1 }, key)],
    ["never expires", forge.rs256({ ...claims, exp: undefined }, key)],
    ["is not valid yet", forge.rs256({ ...claims, nbf: now + 60 }, key)],
    ["is another issuer's", forge.rs256({ ...claims, iss: "https://example.com" }, key)],
    ["has no issuer", forge.rs256({ ...claims, iss: undefined }, key)],
    ["is for another audience", forge.rs256({ ...claims, aud: "other", client_id: "web" }, key)],
    ["has no audience", forge.rs256({ ...claims, aud: undefined }, key)],
    ["is about nobody", forge.rs256({ ...claims, sub: undefined }, key)],
    ["is about somebody impossible", forge.rs256({ ...claims, sub: "a#b" }, key)],
    ["is no token", "nonsense"],
    ["is half a token", "e30.e30"],
  ])("%s", async (_, token) => {
    await expect(ask(token)).rejects.toMatchObject({
      type: "not-authenticated",
      status: 401,
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  });

  it.each([undefined, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b"])(
    "is not there: %j",
    async (authorization) => {
      await expect(bearerOf(authorization)).rejects.toMatchObject({
        type: "not-authenticated",
        headers: { "www-authenticate": "Bearer" },
      });
      expect(asked).toEqual([]);
    },
  );
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
