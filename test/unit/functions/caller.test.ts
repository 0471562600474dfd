import { beforeAll, describe, expect, it, vi } from "vitest";

vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "petstore", stage: "test" }));
vi.stubEnv("SST_RESOURCE_Auth", JSON.stringify({ adminScope: "petstore/pets:admin" }));

let callerOf: typeof import("../../../packages/functions/src/caller.ts").callerOf;
beforeAll(async () => {
  ({ callerOf } = await import("../../../packages/functions/src/caller.ts"));
});

const caller = (claims: object) =>
  callerOf({ requestContext: { authorizer: { jwt: { claims } } } });

it("is whom the token is about", () => {
  expect(caller({ sub: "ann", email: "ann@example.com", scope: "petstore/pets:write" })).toEqual({
    id: "ann",
    email: "ann@example.com",
    admin: false,
  });
});

describe("an administrator", () => {
  it.each([
    { scope: "petstore/pets:admin" },
    { scope: "openid petstore/pets:admin email" },
    { scp: "[petstore/pets:write petstore/pets:admin]" },
    { scp: "petstore/pets:admin" },
    { scope: "petstore/pets:write", scp: "petstore/pets:admin" },
  ])("is who has %o", (claims) => {
    expect(caller({ sub: "root", ...claims }).admin).toBe(true);
  });

  it.each([
    {},
    { scope: "" },
    { scope: "pets:admin" },
    { scope: "other/pets:admin" },
    { scope: "xpetstore/pets:admin" },
    { scope: "petstore/pets:administrator" },
    { scope: "petstore/pets:ADMIN" },
    { scope: "[petstore/pets:admin]" },
    { scope: "petstore/pets:write,petstore/pets:admin" },
    { "cognito:groups": "petstore/pets:admin" },
  ])("is not who has %o", (claims) => {
    expect(caller({ sub: "ann", ...claims }).admin).toBe(false);
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
