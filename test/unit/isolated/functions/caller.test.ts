import { beforeAll, describe, expect, it, vi } from "vitest";

vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "petstore", stage: "test" }));
vi.stubEnv("SST_RESOURCE_Auth", JSON.stringify({ adminScope: "petstore/pets:admin" }));

let callerOf: typeof import("@petstore/functions/caller").callerOf;
beforeAll(async () => {
  ({ callerOf } = await import("@petstore/functions/caller"));
});

const caller = (claims: object, scopes?: string[] | null) =>
  callerOf({ requestContext: { authorizer: { jwt: { claims, scopes } } } });

it("is whom the token is about", () => {
  expect(caller({ sub: "ann", email: "ann@example.com" }, ["petstore/pets:write"])).toEqual({
    id: "ann",
    email: "ann@example.com",
    admin: false,
  });
});

describe("an administrator", () => {
  it.each([[["petstore/pets:admin"]], [["openid", "petstore/pets:admin", "email"]]])(
    "is who has the scopes %j",
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
  ])("is not who has the scopes %j", (scopes) => {
    expect(caller({ sub: "ann" }, scopes).admin).toBe(false);
  });

  // A list comes as `[a b]`, whether it has two elements or one with a space in it.
  it.each([
    { scope: "petstore/pets:admin" },
    { scp: "[petstore/pets:write petstore/pets:admin]" },
    { "cognito:groups": "petstore/pets:admin" },
  ])("is not who has the claims %o alone", (claims) => {
    expect(caller({ sub: "ann", ...claims }, ["petstore/pets:write"]).admin).toBe(false);
  });
});

it.each(["nobody", "", `${"x".repeat(260)}@example.com`])("has no address if it is %j", (email) => {
  expect(caller({ sub: "ann", email })).toEqual({ id: "ann", admin: false });
});

it.each(["", "a b", "a#b", "ä", "x".repeat(129), undefined])("is not known as %j", (sub) => {
  expect(() => caller({ sub })).toThrow(
    expect.objectContaining({ type: "not-authenticated", status: 401 }),
  );
});

it("is not known where the route has no authorizer", () => {
  expect(() => callerOf({ requestContext: {} })).toThrow(
    expect.objectContaining({ type: "not-authenticated" }),
  );
});
