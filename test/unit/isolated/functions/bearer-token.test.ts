import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { rsaKey, signed, startTestIssuer } from "../../../support/issuer.ts";

const key = rsaKey("key-1");
const issuer = await startTestIssuer(key);
afterAll(() => issuer[Symbol.asyncDispose]());

vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "petstore", stage: "test" }));
vi.stubEnv(
  "SST_RESOURCE_Auth",
  JSON.stringify({ issuer: issuer.url, audiences: ["web", "operator"] }),
);

let readBearerSubject: typeof import("@petstore/functions/bearer-token").readBearerSubject;
beforeEach(async () => {
  issuer.down = undefined;
  issuer.requests.length = 0;
  vi.resetModules();
  ({ readBearerSubject } = await import("@petstore/functions/bearer-token"));
});

const createToken = (changes: object = {}) =>
  signed(key, {
    iss: issuer.url,
    aud: "web",
    sub: "ann",
    exp: Math.floor(Date.now() / 1000) + 60,
    ...changes,
  });

// test/unit/isolated/jwt-authorizer proves which tokens are valid.
describe("readBearerSubject", () => {
  it("returns the sub of a valid token, and fetches the issuer's keys once", async () => {
    const token = createToken();

    const subs = await Promise.all([
      readBearerSubject(`Bearer ${token}`),
      readBearerSubject(`bearer  ${token}`),
    ]);
    await readBearerSubject(token);

    expect(subs).toEqual(["ann", "ann"]);
    expect(issuer.requests).toEqual(["/.well-known/openid-configuration", "/keys"]);
  });

  it.each([
    ["an invalid token", { exp: 1 }],
    ["a token without sub", { sub: undefined }],
    ["a token whose sub cannot be an owner", { sub: "a#b" }],
  ])("throws not-authenticated with invalid_token for %s", async (_, changes) => {
    await expect(readBearerSubject(`Bearer ${createToken(changes)}`)).rejects.toMatchObject({
      type: "not-authenticated",
      status: 401,
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  });

  it.each([undefined, "", "Bearer", "Bearer "])(
    "throws not-authenticated without an error code for the header %j",
    async (authorization) => {
      await expect(readBearerSubject(authorization)).rejects.toMatchObject({
        type: "not-authenticated",
        headers: { "www-authenticate": "Bearer" },
      });
      expect(issuer.requests).toEqual([]);
    },
  );

  it("throws try-again while the issuer does not respond, and verifies later", async () => {
    issuer.down = "/.well-known/openid-configuration";

    await expect(readBearerSubject(createToken())).rejects.toMatchObject({
      type: "try-again",
      status: 503,
      headers: { "retry-after": "1" },
    });

    issuer.down = undefined;
    expect(await readBearerSubject(createToken())).toBe("ann");
  });
});
