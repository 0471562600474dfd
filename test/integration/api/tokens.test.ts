import type { Pet } from "@petstore/core/pets/pet";
import { beforeAll, describe, expect, it } from "vitest";
import { aPet, clientOf, sharedOffline } from "../../support/api.ts";
import { forge, takeApart } from "../../support/forge.ts";
import { send } from "../../support/imports.ts";
import { type Key, rsaKey, signed } from "../../support/issuer.ts";
import { admin, someone } from "../../support/users.ts";

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
    { scope: `${write} other/pets:admin pets:admin` },
  ])("returns 403 with the scopes %o", async (scopes) => {
    expect(await statusOfDelete(scopes)).toBe(403);
  });
});

describe("a request without a sufficient scope", () => {
  const rex = { name: "Rex", species: "dog" };

  it.each([
    "",
    "petstore/pets:import",
    "pets:write",
    "pets:admin",
    "other/pets:write",
    "other/pets:admin",
    "petstore/pets:write2",
  ])("cannot create a pet with the scope %j, and can list the caller's pets", async (scope) => {
    const headers = { authorization: `Bearer ${tokenOf({ scope })}` };

    const [created, listed] = await Promise.all([
      anonymous("POST", "/api/pets", { headers, body: rex }),
      anonymous("GET", "/api/pets?owner=me", { headers }),
    ]);

    expect(created).toMatchObject({ status: 403, body: { message: "Forbidden" } });
    expect(listed.status).toBe(200);
  });

  it("cannot import pets with the scope pets:write, and can with pets:admin", async () => {
    const asWriter = anonymous.as({ ...someone(), scope: "pets:write" });

    expect((await send(asWriter, [rex])).status).toBe(403);
    expect((await send(anonymous.as(admin), [rex])).status).toBe(202);
  });
});

describe("a request without a token", () => {
  it("can read, and cannot write", async () => {
    const { id } = await aPet(anonymous.as(someone()));
    const rex = { name: "Rex", species: "dog" };

    for (const path of ["/api/pets", `/api/pets/${id}`, "/api/inventory", "/api/health"]) {
      expect((await anonymous("GET", path)).status, path).toBe(200);
    }
    for (const [method, body] of [
      ["PUT", { ...rex, tags: [], status: "pending" }],
      ["PATCH", { status: "pending" }],
      ["DELETE", undefined],
    ] as const) {
      expect((await anonymous(method, `/api/pets/${id}`, { body })).status, method).toBe(401);
    }
    expect((await anonymous("POST", "/api/pets", { body: rex })).status).toBe(401);
    expect((await send(anonymous, [rex])).status).toBe(401);
  });
});
