import type { Pet } from "@petstore/core/pets/pet";
import { beforeAll, describe, expect, it } from "vitest";
import { aPet, clientOf, sharedOffline } from "../../support/api.ts";
import { forge, takeApart } from "../../support/forge.ts";
import { type Key, rsaKey, signed } from "../../support/issuer.ts";
import { someone } from "../../support/users.ts";

/**
 * API Gateway verifies the token of a write, and the function that of a list of one's own pets: a
 * table of tokens, each of which both accept or both refuse.
 */

const offline = sharedOffline();
const me = someone();
const anonymous = clientOf(() => offline, null);
const now = () => Math.floor(Date.now() / 1000);

let claims: Record<string, unknown>;
let key: Key;
beforeAll(async () => {
  ({ claims, key } = takeApart(await offline.token(me), offline.state));
});

const tokenOf = (changes: object = {}, header: Record<string, unknown> = {}) =>
  signed(key, { ...claims, ...changes }, header);

/** The statuses of a write and of a list of one's own. */
async function statusesWith(headers: Record<string, string>) {
  const body = { name: "Rex", species: "dog" };
  const responses = await Promise.all([
    anonymous("POST", "/api/pets", { headers, body }),
    anonymous("GET", "/api/pets?owner=me", { headers }),
  ]);
  return responses.map(({ status }) => status);
}

describe("gateway and function accept a token", () => {
  it.each<[string, () => string]>([
    ["as it is issued", () => tokenOf()],
    ["for an audience", () => tokenOf({ aud: claims.client_id, client_id: undefined })],
    ["for several audiences", () => tokenOf({ aud: ["other", claims.client_id] })],
    ["that became valid in the past", () => tokenOf({ nbf: now() - 60, iat: now() - 60 })],
    ["that does not say when it was issued", () => tokenOf({ iat: undefined })],
  ])("%s", async (_, token) => {
    expect(await statusesWith({ authorization: `Bearer ${token()}` })).toEqual([201, 200]);
  });

  it.each(["", "bearer ", "BEARER   ", "Bearer\t"])("after %j", async (prefix) => {
    expect(await statusesWith({ authorization: `${prefix}${tokenOf()}` })).toEqual([201, 200]);
  });
});

describe("gateway and function refuse a token", () => {
  it.each<[string, () => string]>([
    ["that has expired", () => tokenOf({ exp: now() - 1 })],
    ["that never expires", () => tokenOf({ exp: undefined })],
    ["whose expiry is text", () => tokenOf({ exp: String(now() + 60) })],
    ["that is not valid yet", () => tokenOf({ nbf: now() + 60 })],
    ["that was issued in the future", () => tokenOf({ iat: now() + 60 })],
    ["of another issuer", () => tokenOf({ iss: "https://example.com" })],
    ["of no issuer", () => tokenOf({ iss: undefined })],
    ["of another client", () => tokenOf({ client_id: "other" })],
    ["of no client and for no audience", () => tokenOf({ client_id: undefined })],
    ["for another audience", () => tokenOf({ aud: "other" })],
    ["for the audience null", () => tokenOf({ aud: null })],
    ["for an empty list of audiences", () => tokenOf({ aud: [] })],
    ["about nobody", () => tokenOf({ sub: undefined })],
    ["about an impossible subject", () => tokenOf({ sub: "a b" })],
    ["that does not name its key", () => tokenOf({}, { kid: undefined })],
    ["that names another key", () => tokenOf({}, { kid: "other" })],
    ["with an extension that is critical", () => tokenOf({}, { crit: ["x"], x: 1 })],
    ["signed with another key of the same name", () => signed(rsaKey(key.kid), claims)],
    ["signed with RS512, which its key is not for", () => tokenOf({}, { alg: "RS512" })],
    ["signed with the public key as a secret", () => forge.hs256(claims, key)],
    ["that is not signed", () => forge.none(claims)],
    ["whose claims were replaced", () => tokenOf().replace(/\.[^.]+\./, ".eyJzdWIiOiJib2IifQ.")],
    ["of two segments", () => "e30.e30"],
    ["of three words", () => "a.b.c"],
    ["in which there are two", () => `${tokenOf()} ${tokenOf()}`],
    ["that is empty", () => ""],
  ])("%s", async (_, token) => {
    expect(await statusesWith({ authorization: `Bearer ${token()}` })).toEqual([401, 401]);
  });

  it("of another scheme, and none at all", async () => {
    expect(await statusesWith({ authorization: "Basic YTpi" })).toEqual([401, 401]);
    expect(await statusesWith({})).toEqual([401, 401]);
  });
});

describe("who deletes another's pet", () => {
  const [write, admin] = ["petstore/pets:write", "petstore/pets:admin"];

  async function statusOfDelete(scopes: object) {
    const { id } = await aPet(anonymous.as(someone()));
    const authorization = `Bearer ${tokenOf({ scope: undefined, ...scopes })}`;
    const { status } = await anonymous<Pet>("DELETE", `/api/pets/${id}`, {
      headers: { authorization },
    });
    return status;
  }

  it.each([
    { scope: admin },
    { scope: `${write} ${admin}` },
    { scp: `${write} ${admin}` },
    { scp: [admin] },
    { scp: [write, admin] },
    { scope: write, scp: [admin] },
  ])("is an administrator by %o", async (scopes) => {
    expect(await statusOfDelete(scopes)).toBe(204);
  });

  it.each([
    { scp: [`${write} ${admin}`] },
    { scp: [write, `x ${admin}`] },
    { scope: write, scp: [`${write} ${admin}`] },
    { scope: write, scp: `[${admin}]` },
    { scope: [write, `x ${admin}`] },
  ])("is none by %o", async (scopes) => {
    expect(await statusOfDelete(scopes)).toBe(403);
  });
});
