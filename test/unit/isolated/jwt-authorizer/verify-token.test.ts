import { createHmac } from "node:crypto";
import { IssuerUnreachable } from "@petstore/jwt-authorizer/issuer-keys";
import { createTokenVerifier, extractToken } from "@petstore/jwt-authorizer/verify-token";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { forged, type Key, rsaKey, signed, startTestIssuer } from "../../../support/issuer.ts";

/**
 * Every rule for tokens. Gateway and functions use the same verifier; the tests of both show only that
 * they apply it (test/integration/api/tokens.test.ts).
 */

const key = rsaKey("key-1");
let issuer: Awaited<ReturnType<typeof startTestIssuer>>;
let verify: ReturnType<typeof createTokenVerifier>;

beforeAll(async () => {
  issuer = await startTestIssuer(key);
  verify = createVerifier(issuer.url);
});
afterAll(() => issuer[Symbol.asyncDispose]());

const createVerifier = (url: string) =>
  createTokenVerifier({ issuer: url, audiences: ["shop", "web"] });

const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** Returns the claims of a valid token, with changes. */
const claimsWith = (changes: object = {}) => ({
  iss: issuer.url,
  aud: "shop",
  sub: "user-a",
  exp: secondsFromNow(60),
  ...changes,
});

const verifyClaims = (changes: object) => verify(signed(key, claimsWith(changes)));

/** Signs with HMAC and the public key as the secret: an attack on verifiers that accept any algorithm. */
function signWithPublicKey(claims: object): string {
  const secret = key.publicKey.export({ type: "spki", format: "pem" });
  const sign = (text: string) => createHmac("sha256", secret).update(text).digest("base64url");
  return forged({ alg: "HS256", kid: key.kid }, claims, sign);
}

describe("extractToken", () => {
  it.each([
    ["Bearer abc", "abc"],
    ["bearer   abc ", "abc"],
    ["BEARER abc", "abc"],
    ["Bearer\tabc", "abc"],
    ["abc", "abc"],
    ["Bearer abc def", "abc def"],
    ["Basic abc", "Basic abc"],
    ["Bearer", ""],
    ["Bearer    ", ""],
    ["", ""],
    [undefined, ""],
  ])("finds in %j the token %j", (fieldValue, token) => {
    expect(extractToken(fieldValue)).toBe(token);
  });
});

describe("a token is accepted", () => {
  it.each([
    ["for an audience", {}],
    ["for several audiences of which one is accepted", { aud: ["other", "web"] }],
    ["without an audience for an accepted client", { aud: undefined, client_id: "web" }],
    ["for an accepted audience and another client", { client_id: "other" }],
    ["whose iat and nbf are in the past", { iat: secondsFromNow(-1), nbf: secondsFromNow(-1) }],
    ["without iat", { iat: undefined }],
  ])("%s", async (_, changes) => {
    expect(await verifyClaims(changes)).toMatchObject({ sub: "user-a" });
  });

  it.each(["RS256", "RS384", "RS512"])("with the algorithm %s", async (alg) => {
    expect(await verify(signed(key, claimsWith(), { alg }))).toMatchObject({ sub: "user-a" });
  });
});

describe("a token is rejected by its claims", () => {
  const wrongAudience = "the token does not have a valid audience";

  it.each([
    ["after exp", { exp: secondsFromNow(0) }, "the token has expired"],
    ["without exp", { exp: undefined }, "the token is malformed"],
    ["when exp is text", { exp: "tomorrow" }, "the token is malformed"],
    ["when exp is a number as text", { exp: String(secondsFromNow(60)) }, "the token is malformed"],
    ["before nbf", { nbf: secondsFromNow(60) }, "the token is not valid yet"],
    [
      "when iat is in the future",
      { iat: secondsFromNow(60) },
      "the token was issued in the future",
    ],
    ["of another issuer", { iss: "https://other.example.com" }, "issuer does not match"],
    ["without an issuer", { iss: undefined }, "issuer does not match"],
    ["for another audience", { aud: "other" }, wrongAudience],
    ["without audience and client", { aud: undefined }, wrongAudience],
    ["when the audience is null", { aud: null, client_id: "web" }, wrongAudience],
    ["when the list of audiences is empty", { aud: [], client_id: "web" }, wrongAudience],
    [
      "for another audience and an accepted client",
      { aud: "other", client_id: "web" },
      wrongAudience,
    ],
    ["for another client", { aud: undefined, client_id: "other" }, wrongAudience],
  ])("%s", async (_, changes, message) => {
    await expect(verifyClaims(changes)).rejects.toThrow(message);
  });
});

describe("a token is rejected by its form or signature", () => {
  const wrongSegments = "token contains an invalid number of segments";

  it.each<[string, () => string, string]>([
    ["when it is empty", () => "", wrongSegments],
    ["with one segment", () => "secret", wrongSegments],
    ["with two segments", () => "e30.e30", wrongSegments],
    ["with four segments", () => "...", wrongSegments],
    ["when it is two tokens", () => `${signed(key, claimsWith())} a.b.c`, wrongSegments],
    ["with a scheme before it", () => extractToken("Basic dXNlcjpwYXNz"), wrongSegments],
    ["with empty segments", () => "..", "the token is malformed"],
    ["when its segments are not JSON", () => "a.b.c", "the token is malformed"],
    ["when its claims are not an object", () => signed(key, ["sub"]), "the token is malformed"],
    [
      "without a key id",
      () => signed(key, claimsWith(), { kid: undefined }),
      "the token does not name its key",
    ],
    [
      "when its key id is a number",
      () => signed(key, claimsWith(), { kid: 1 }),
      "the issuer does not have the token's key",
    ],
    [
      "when its key is unknown",
      () => signed(rsaKey("key-2"), claimsWith()),
      "the issuer does not have the token's key",
    ],
    [
      "when another key with the same id signed it",
      () => signed(rsaKey("key-1"), claimsWith()),
      "the token has an invalid signature",
    ],
    [
      "when its claims were replaced",
      () => {
        const [header, , signature] = signed(key, claimsWith()).split(".");
        const [, payload] = signed(key, claimsWith({ sub: "user-b" })).split(".");
        return [header, payload, signature].join(".");
      },
      "the token has an invalid signature",
    ],
    [
      "without a signature",
      () => forged({ alg: "none", kid: key.kid }, claimsWith(), () => ""),
      "the token is not signed with RSA",
    ],
    [
      "when the public key signed it as a secret",
      () => signWithPublicKey(claimsWith()),
      "the token is not signed with RSA",
    ],
    [
      "with an unknown critical extension",
      () => signed(key, claimsWith(), { crit: ["x"], x: 1 }),
      "the token is malformed",
    ],
  ])("%s", async (_, createToken, message) => {
    await expect(verify(createToken())).rejects.toThrow(message);
  });
});

describe("the issuer's keys", () => {
  it("are fetched once for concurrent and later tokens", async () => {
    await using other = await startTestIssuer(key);
    const verifyOther = createVerifier(other.url);
    const tokens = [1, 2, 3].map((sub) =>
      signed(key, claimsWith({ iss: other.url, sub: `${sub}` })),
    );

    await Promise.all(tokens.map(verifyOther));
    await verifyOther(tokens[0] as string);

    expect(other.requests).toEqual(["/.well-known/openid-configuration", "/keys"]);
  });

  it("are not fetched for a token with another algorithm", async () => {
    await using other = await startTestIssuer(key);
    const token = signWithPublicKey(claimsWith({ iss: other.url }));

    await expect(createVerifier(other.url)(token)).rejects.toThrow("not signed with RSA");

    expect(other.requests).toEqual([]);
  });

  it("are fetched again for a new key, but not for every unknown key", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    await using other = await startTestIssuer(key);
    const verifyOther = createVerifier(other.url);
    const verifySigned = (signer: Key) =>
      verifyOther(signed(signer, claimsWith({ iss: other.url })));
    await verifySigned(key);

    vi.setSystemTime(Date.now() + 11_000);
    const newKey = rsaKey();
    other.keys = [newKey];
    await verifySigned(newKey);
    for (const unknownKey of [key, rsaKey()]) {
      await expect(verifySigned(unknownKey)).rejects.toThrow("does not have the token's key");
    }

    expect(other.requests.filter((path) => path === "/keys")).toHaveLength(2);
  });

  const endpoints = [
    ["/.well-known/openid-configuration", "OIDC discovery endpoint communication error"],
    ["/keys", "JWKS communication error"],
  ] as const;

  it.each(endpoints)("are fetched again after %s has failed", async (path, message) => {
    await using other = await startTestIssuer(key);
    const verifyOther = createVerifier(other.url);
    const token = signed(key, claimsWith({ iss: other.url }));

    other.down = path;
    await expect(verifyOther(token)).rejects.toThrow(new IssuerUnreachable(message));
    other.down = undefined;

    expect(await verifyOther(token)).toMatchObject({ sub: "user-a" });
  });

  it.each(endpoints)("are still used while %s fails", async (path) => {
    await using other = await startTestIssuer(key);
    const verifyOther = createVerifier(other.url);
    const token = signed(key, claimsWith({ iss: other.url }));
    await verifyOther(token);

    other.down = path;

    expect(await verifyOther(token)).toMatchObject({ sub: "user-a" });
  });
});
