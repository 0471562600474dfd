import type { Pet } from "@petstore/core/pets/pet";
import { beforeAll, describe, expect, it } from "vitest";
import { aPet, clientOf, sharedOffline } from "../../support/api.ts";
import { forge, takeApart } from "../../support/forge.ts";
import { type Key, rsaKey, signed } from "../../support/issuer.ts";
import { someone } from "../../support/users.ts";

/**
 * API Gateway verifies the token of a write, the function that of a list of one's own pets. These
 * tests show that both do; test/unit/isolated/jwt-authorizer proves every rule.
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

/** Returns the statuses of a write and of a list of one's own pets. */
async function statusesWith(headers: Record<string, string>) {
  const body = { name: "Rex", species: "dog" };
  const responses = await Promise.all([
    anonymous("POST", "/api/pets", { headers, body }),
    anonymous("GET", "/api/pets?owner=me", { headers }),
  ]);
  return responses.map(({ status }) => status);
}

describe("gateway and function", () => {
  it("accept a token as the issuer issues it", async () => {
    expect(await statusesWith({ authorization: `bearer ${tokenOf()}` })).toEqual([201, 200]);
  });

  it.each<[string, () => string]>([
    ["that has expired", () => tokenOf({ exp: now() - 1 })],
    ["of another issuer", () => tokenOf({ iss: "https://example.com" })],
    ["of another client", () => tokenOf({ client_id: "other" })],
    ["without sub", () => tokenOf({ sub: undefined })],
    ["whose sub cannot be an owner", () => tokenOf({ sub: "a b" })],
    ["that another key with the same id signed", () => signed(rsaKey(key.kid), claims)],
    ["signed with RS512, while its key is for RS256", () => tokenOf({}, { alg: "RS512" })],
    ["signed with the public key as a secret", () => forge.hs256(claims, key)],
    ["without a signature", () => forge.none(claims)],
    ["that is no JWT", () => "a.b.c"],
  ])("reject a token %s with 401", async (_, createToken) => {
    expect(await statusesWith({ authorization: `Bearer ${createToken()}` })).toEqual([401, 401]);
  });

  it.each([{}, { authorization: "Bearer " }, { authorization: "Basic YTpi" }])(
    "reject a request with the headers %j with 401",
    async (headers) => {
      expect(await statusesWith(headers)).toEqual([401, 401]);
    },
  );
});

describe("DELETE of another owner's pet", () => {
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
  ])("returns 204 with the scopes %o", async (scopes) => {
    expect(await statusOfDelete(scopes)).toBe(204);
  });

  it.each([
    { scp: [`${write} ${admin}`] },
    { scp: [write, `x ${admin}`] },
    { scope: write, scp: [`${write} ${admin}`] },
    { scope: write, scp: `[${admin}]` },
    { scope: [write, `x ${admin}`] },
  ])("returns 403 with the scopes %o", async (scopes) => {
    expect(await statusOfDelete(scopes)).toBe(403);
  });
});
