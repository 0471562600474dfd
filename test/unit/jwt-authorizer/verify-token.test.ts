import { createHmac } from "node:crypto";
import { IssuerUnreachable } from "@petstore/jwt-authorizer/issuer-keys";
import { tokenIn, tokenVerifier } from "@petstore/jwt-authorizer/verify-token";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { forged, type Key, rsaKey, signed, startTestIssuer } from "../../support/issuer.ts";

const key = rsaKey("key-1");
let issuer: Awaited<ReturnType<typeof startTestIssuer>>;
let verify: ReturnType<typeof tokenVerifier>;

beforeAll(async () => {
  issuer = await startTestIssuer(key);
  verify = verifierOf(issuer.url);
});
afterAll(() => issuer[Symbol.asyncDispose]());

const verifierOf = (url: string) => tokenVerifier({ issuer: url, audiences: ["shop", "web"] });

const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;

/** The claims of a good token, but for the changes. */
const claims = (changes: object = {}) => ({
  iss: issuer.url,
  aud: "shop",
  sub: "user-a",
  exp: seconds(60),
  ...changes,
});

const accepted = (changes: object) => verify(signed(key, claims(changes)));

it.each([
  ["Bearer abc", "abc"],
  ["bearer   abc ", "abc"],
  ["abc", "abc"],
  ["Basic abc", "Basic abc"],
  ["Bearer", ""],
  ["", ""],
  [undefined, ""],
])("the token in %j is %j", (fieldValue, token) => {
  expect(tokenIn(fieldValue)).toBe(token);
});

it.each([
  ["an audience", {}],
  ["one of its audiences", { aud: ["other", "web"] }],
  ["a client id where there is no audience", { aud: undefined, client_id: "web" }],
  ["an audience, whatever the client id", { client_id: "other" }],
  ["times that have come", { iat: seconds(-1), nbf: seconds(-1) }],
])("a token with %s is good", async (_, changes) => {
  expect(await accepted(changes)).toMatchObject({ sub: "user-a" });
});

it.each(["RS384", "RS512"])("%s is RSA as well", async (alg) => {
  expect(await verify(signed(key, claims(), { alg }))).toMatchObject({ sub: "user-a" });
});

it.each([
  ["that has expired", { exp: seconds(0) }, "the token has expired"],
  ["that never expires", { exp: undefined }, "the token is malformed"],
  ["whose expiry is no time", { exp: "tomorrow" }, "the token is malformed"],
  ["that is not valid yet", { nbf: seconds(60) }, "the token is not valid yet"],
  ["from the future", { iat: seconds(60) }, "the token was issued in the future"],
  ["of another issuer", { iss: "https://other.example.com" }, "issuer does not match"],
  ["of no issuer", { iss: undefined }, "issuer does not match"],
  ["for another", { aud: "other" }, "the token does not have a valid audience"],
  ["for nobody", { aud: undefined }, "the token does not have a valid audience"],
  [
    "for the audience null",
    { aud: null, client_id: "web" },
    "the token does not have a valid audience",
  ],
  ["for an empty list", { aud: [], client_id: "web" }, "the token does not have a valid audience"],
  [
    "for another, of a known client",
    { aud: "other", client_id: "web" },
    "the token does not have a valid audience",
  ],
  [
    "of another client",
    { aud: undefined, client_id: "other" },
    "the token does not have a valid audience",
  ],
])("a token %s is refused", async (_, changes, message) => {
  await expect(accepted(changes)).rejects.toThrow(message);
});

it.each<[string, () => string, string]>([
  ["empty", () => "", "token contains an invalid number of segments"],
  ["no JWT", () => "secret", "token contains an invalid number of segments"],
  ["three dots", () => "...", "token contains an invalid number of segments"],
  ["nothing but dots", () => "..", "the token is malformed"],
  ["three words", () => "a.b.c", "the token is malformed"],
  ["not an object", () => signed(key, ["sub"]), "the token is malformed"],
  ["without a key's name", () => signed(key, claims(), { kid: undefined }), "not name its key"],
  [
    "with a number for one",
    () => signed(key, claims(), { kid: 1 }),
    "does not have the token's key",
  ],
  ["of another key", () => signed(rsaKey("key-2"), claims()), "does not have the token's key"],
  [
    "of another key with the same name",
    () => signed(rsaKey("key-1"), claims()),
    "the token has an invalid signature",
  ],
  [
    "with claims that were not signed",
    () => {
      const [header, , signature] = signed(key, claims()).split(".");
      const [, payload] = signed(key, claims({ sub: "user-b" })).split(".");
      return [header, payload, signature].join(".");
    },
    "the token has an invalid signature",
  ],
  [
    "not signed",
    () => forged({ alg: "none", kid: key.kid }, claims(), () => ""),
    "not signed with RSA",
  ],
  [
    "signed with the public key as a secret",
    () => {
      const secret = key.publicKey.export({ type: "spki", format: "pem" });
      const sign = (text: string) => createHmac("sha256", secret).update(text).digest("base64url");
      return forged({ alg: "HS256", kid: key.kid }, claims(), sign);
    },
    "not signed with RSA",
  ],
  [
    "with what must be understood and is not",
    () => signed(key, claims(), { crit: ["x"], x: 1 }),
    "the token is malformed",
  ],
])("a token that is %s is refused", async (_, token, message) => {
  await expect(verify(token())).rejects.toThrow(message);
});

it("the issuer is asked once", async () => {
  await using other = await startTestIssuer(key);
  const verifyOther = verifierOf(other.url);
  const tokens = [1, 2, 3].map((sub) => signed(key, claims({ iss: other.url, sub: `${sub}` })));
  await Promise.all(tokens.map(verifyOther));
  await verifyOther(tokens[0] as string);
  expect(other.requests).toEqual(["/.well-known/openid-configuration", "/keys"]);
});

it("a new key is found, but keys nobody knows do not make the issuer be asked each time", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  await using other = await startTestIssuer(key);
  const verifyOther = verifierOf(other.url);
  const verifySigned = (signer: Key) => verifyOther(signed(signer, claims({ iss: other.url })));
  await verifySigned(key);

  vi.setSystemTime(Date.now() + 11_000);
  const newKey = rsaKey();
  other.keys = [newKey];
  await verifySigned(newKey);
  for (const stranger of [key, rsaKey()]) {
    await expect(verifySigned(stranger)).rejects.toThrow("does not have the token's key");
  }
  expect(other.requests.filter((path) => path === "/keys")).toHaveLength(2);
});

it.each([
  ["/.well-known/openid-configuration", "OIDC discovery endpoint communication error"],
  ["/keys", "JWKS communication error"],
])("no answer from %s is to blame for as long as it lasts", async (path, message) => {
  await using other = await startTestIssuer(key);
  const verifyOther = verifierOf(other.url);
  const token = signed(key, claims({ iss: other.url }));
  other.down = path;
  await expect(verifyOther(token)).rejects.toThrow(new IssuerUnreachable(message));
  other.down = undefined;
  expect(await verifyOther(token)).toMatchObject({ sub: "user-a" });
});
