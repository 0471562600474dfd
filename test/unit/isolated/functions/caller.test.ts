import { beforeAll, describe, expect, it, vi } from "vitest";

vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "petstore", stage: "test" }));
vi.stubEnv("SST_RESOURCE_Auth", JSON.stringify({ adminScope: "petstore/pets:admin" }));

let callerOf: typeof import("@petstore/functions/caller").callerOf;
beforeAll(async () => {
  ({ callerOf } = await import("@petstore/functions/caller"));
});

const caller = (claims: object, scopes?: string[] | null) =>
  callerOf({ requestContext: { authorizer: { jwt: { claims, scopes } } } });

it("returns the subject and the address of the token", () => {
  expect(caller({ sub: "ann", email: "ann@example.com" }, ["petstore/pets:write"])).toEqual({
    id: "ann",
    email: "ann@example.com",
    admin: false,
  });
});

describe("callerOf", () => {
  it.each([[["petstore/pets:admin"]], [["openid", "petstore/pets:admin", "email"]]])(
    "returns an administrator for the scopes %j",
    (scopes) => {
      expect(caller({ sub: "root" }, scopes).admin).toBe(true);
    },
  );

  it.each([
    [undefined],
    [null],
    [[]],
    [["pets:admin"]],
    [["other/pets:admin"]],
    [["petstore/pets:administrator"]],
    [["petstore/pets:ADMIN"]],
    [["petstore/pets:write petstore/pets:admin"]],
  ])("returns no administrator for the scopes %j", (scopes) => {
    expect(caller({ sub: "ann" }, scopes).admin).toBe(false);
  });

  // API Gateway writes a list as `[a b]`, whether it has two elements or one with a space.
  it.each([
    { scope: "petstore/pets:admin" },
    { scp: "[petstore/pets:write petstore/pets:admin]" },
    { "cognito:groups": "petstore/pets:admin" },
  ])("returns no administrator for the claims %o", (claims) => {
    expect(caller({ sub: "ann", ...claims }, ["petstore/pets:write"]).admin).toBe(false);
  });
});

it.each(["nobody", "", `${"x".repeat(260)}@example.com`])(
  "ignores the invalid address %j",
  (email) => {
    expect(caller({ sub: "ann", email })).toEqual({ id: "ann", admin: false });
  },
);

it.each(["", "a b", "a#b", "ä", "x".repeat(129), undefined])("refuses the subject %j", (sub) => {
  expect(() => caller({ sub })).toThrow(
    expect.objectContaining({ type: "not-authenticated", status: 401 }),
  );
});

it("refuses an event of a route without an authorizer", () => {
  expect(() => callerOf({ requestContext: {} })).toThrow(
    expect.objectContaining({ type: "not-authenticated" }),
  );
});
