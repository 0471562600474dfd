import { createCorsPolicy } from "@petstore/offline/services/apigateway/cors";
import { describe, expect, it } from "vitest";

const origin = "https://app.example.com";

describe("a CORS policy", () => {
  describe("Access-Control-Allow-Origin", () => {
    it.each([
      [["*"], origin, "*"],
      [[origin], origin, origin],
      [["https://other.example.com", origin], origin, origin],
      [["https://*"], origin, origin],
      [["http://*"], "http://localhost:3000", "http://localhost:3000"],
      [["http://*"], origin, undefined],
      [["https://*.example.com"], origin, undefined],
      [["https://example.com"], origin, undefined],
      [[`${origin}.evil.com`], origin, undefined],
      [[origin], `${origin}.evil.com`, undefined],
      [[], origin, undefined],
      [undefined, origin, undefined],
      [["*"], undefined, undefined],
    ])("of %j and the origin %j is %j", (allowOrigins, from, expected) => {
      const policy = createCorsPolicy({ ...(allowOrigins && { allowOrigins }) });
      expect(policy.apply({}, from)["access-control-allow-origin"]).toBe(expected);
      expect(policy.preflightHeaders(from)["access-control-allow-origin"]).toBe(expected);
    });

    it("is the origin if credentials are allowed, because browsers reject * then", () => {
      const policy = createCorsPolicy({ allowOrigins: ["*"], allowCredentials: true });
      expect(policy.apply({}, origin)).toEqual({
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
      });
    });
  });

  const everything = createCorsPolicy({
    allowOrigins: [origin],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["authorization", "content-type"],
    exposeHeaders: ["etag", "location"],
    maxAge: 0,
    allowCredentials: true,
  });

  it("adds the allowed methods and headers to the response to a preflight", () => {
    expect(everything.preflightHeaders(origin)).toEqual({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-max-age": "0",
    });
  });

  it("adds the exposed headers to a response", () => {
    expect(everything.apply({ etag: "1" }, origin)).toEqual({
      etag: "1",
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "etag,location",
    });
  });

  it("sends wildcards of methods and headers unchanged", () => {
    const policy = createCorsPolicy({
      allowOrigins: ["*"],
      allowMethods: ["*"],
      allowHeaders: ["*"],
    });
    expect(policy.preflightHeaders(origin)).toEqual({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "*",
      "access-control-allow-headers": "*",
    });
  });

  it.each([undefined, "https://foreign.example"])(
    "adds no CORS headers for the origin %j",
    (foreign) => {
      expect(everything.preflightHeaders(foreign)).toEqual({});
      expect(everything.apply({ etag: "1" }, foreign)).toEqual({ etag: "1" });
    },
  );

  it.each([undefined, "https://foreign.example", origin])(
    "removes the CORS headers of the function (origin %j)",
    (from) => {
      const own = {
        "access-control-allow-origin": "https://foreign.example",
        "access-control-allow-methods": "TRACE",
      };
      const headers = everything.apply(own, from);
      expect(headers["access-control-allow-origin"]).toBe(from === origin ? origin : undefined);
      expect(headers).not.toHaveProperty("access-control-allow-methods");
    },
  );

  it.each([
    ["OPTIONS", { origin, "access-control-request-method": "PUT" }, true],
    ["OPTIONS", { origin }, false],
    ["OPTIONS", { "access-control-request-method": "PUT" }, false],
    ["GET", { origin, "access-control-request-method": "PUT" }, false],
  ])("recognizes a preflight: %s with %j is %s", (method, headers, expected) => {
    expect(everything.isPreflight(method, headers as Record<string, string>)).toBe(expected);
  });
});
