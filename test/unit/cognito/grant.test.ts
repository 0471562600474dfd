import { OwnerId } from "@petstore/core/pets/pet";
import { grantToken } from "@petstore/offline/services/cognito/grant";
import { describe, expect, it } from "vitest";

const pool = {
  name: "Users",
  id: "us-east-1_pool",
  issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool",
  clientIds: ["web", "machine"],
  scopes: ["shop/read", "shop/write", "https://stock.example.com/write"],
};
const now = Date.parse("2026-01-01T00:00:00.900Z");
const grantOf = (request: object, to = pool) =>
  grantToken(to, { grant_type: "client_credentials", ...request }, now);

describe("grantToken", () => {
  it("returns the claims of Cognito's access tokens", () => {
    expect(grantOf({ sub: "user-a", scope: "shop/read", expires_in: "60" })).toEqual({
      claims: {
        sub: "user-a",
        username: "user-a",
        client_id: "web",
        token_use: "access",
        scope: "shop/read",
        version: 2,
        auth_time: 1767225600,
        iat: 1767225600,
        exp: 1767225660,
        jti: expect.any(String),
      },
      lifetimeSeconds: 60,
      userAttributes: { sub: "user-a", "cognito:user_status": "CONFIRMED" },
    });
  });

  it.each([
    [{ client_id: "machine" }, { client_id: "machine", sub: "machine" }],
    [{}, { scope: pool.scopes.join(" "), exp: 1767225600 + 3600 }],
    [{ scope: "read openid" }, { scope: "shop/read openid" }],
    [{ scope: " write " }, { scope: "shop/write" }],
    [{ scope: "https://stock.example.com/write" }, { scope: "https://stock.example.com/write" }],
  ])("grants %j a token with %j", (request, claims) => {
    expect(grantOf(request)).toMatchObject({ claims });
  });

  it.each([
    [{ grant_type: "password" }, "invalid_request", /grant_type/],
    [{ grant_type: undefined }, "invalid_request", /grant_type/],
    [{ sub: "" }, "invalid_request", /sub must be .*, not ""/],
    [{ sub: "a b" }, "invalid_request", /sub must be .*, not "a b"/],
    [{ sub: "x".repeat(129) }, "invalid_request", /sub must be 1 to 128 letters/],
    [{ email: "nobody" }, "invalid_request", /email must be an email address, not "nobody"/],
    [
      { email: "a@example.com" },
      "invalid_request",
      /email is an attribute of a user, so it requires a/,
    ],
    [{ expires_in: "abc" }, "invalid_request", /expires_in must be a whole number .*, not "abc"/],
    [{ expires_in: "0" }, "invalid_request", /expires_in/],
    [{ expires_in: "1e9" }, "invalid_request", /expires_in/],
    [{ client_id: "other" }, "invalid_client", /web, machine/],
    [{ scope: "shop/read delete" }, "invalid_scope", /Unknown scope delete\. .*: shop\/read, /],
    [{ scope: "ead" }, "invalid_scope", /Unknown scope ead/],
  ])("rejects %j: %s", (request, error, description) => {
    expect(grantOf(request)).toEqual({
      error,
      error_description: expect.stringMatching(description),
    });
  });

  it("returns the email address as user attribute, not as claim", () => {
    const granted = grantOf({ sub: "user-a", email: "a@example.com" });

    expect(granted).not.toHaveProperty("claims.email");
    expect(granted).toMatchObject({
      userAttributes: { sub: "user-a", email: "a@example.com", email_verified: "true" },
    });
  });

  it("returns no user attributes for a client's own token", () => {
    expect(grantOf({})).toHaveProperty("userAttributes", undefined);
  });

  it("accepts only subjects that the API accepts as owner ids", () => {
    const subs = Array.from({ length: 0x300 }, (_, code) => `a${String.fromCharCode(code)}`);
    const granted = subs.filter((sub) => "claims" in grantOf({ sub }));

    expect(granted.filter((sub) => !OwnerId.safeParse(sub).success)).toEqual([]);
    expect(granted.join("")).toContain("a|");
  });

  it("rejects requests to a pool without clients", () => {
    expect(grantOf({}, { ...pool, clientIds: [] })).toMatchObject({ error: "invalid_client" });
  });
});
