import {
  continueTrace,
  mergeHeaders,
  parseTarget,
} from "@petstore/offline/services/apigateway/request";
import { describe, expect, it } from "vitest";

describe("parseTarget", () => {
  it.each([
    ["/", "/", [""]],
    ["/pets", "/pets", ["pets"]],
    ["/pets/", "/pets/", ["pets", ""]],
    ["//pets", "//pets", ["", "pets"]],
    ["/pets/a%20b", "/pets/a b", ["pets", "a b"]],
    ["/pets/a+b", "/pets/a+b", ["pets", "a+b"]],
    ["/pets/a%2Fb", "/pets/a/b", ["pets", "a/b"]],
    ["/pets/%E2%82%AC", "/pets/€", ["pets", "€"]],
    ["/pets/%252F", "/pets/%2F", ["pets", "%2F"]],
    ["/p%65ts", "/pets", ["pets"]],
  ])("parses the path of %s", (target, path, segments) => {
    expect(parseTarget(target)).toEqual({ path, segments, rawQueryString: "" });
  });

  it.each([
    ["a=1", { a: "1" }],
    ["a=1&b=2", { a: "1", b: "2" }],
    ["a=1&a=2&a=1", { a: "1,2,1" }],
    ["a", { a: "" }],
    ["a=", { a: "" }],
    ["=1", { "": "1" }],
    ["a==", { a: "=" }],
    ["&a=1&&", { a: "1" }],
    ["a+b=c+d", { "a b": "c d" }],
    ["a=c%2Bd", { a: "c+d" }],
    ["a=x%26y%3Dz", { a: "x&y=z" }],
    ["a=/?b", { a: "/?b" }],
    ["filter%5Bname%5D=Rex", { "filter[name]": "Rex" }],
  ])("parses the query string %s", (rawQueryString, query) => {
    const target = parseTarget(`/?${rawQueryString}`);
    expect(target).toMatchObject({ path: "/", rawQueryString });
    expect({ ...target?.query }).toEqual(query);
  });

  it("returns no parameters for an empty query string", () => {
    expect(parseTarget("/?")).toEqual({ path: "/", segments: [""], rawQueryString: "" });
  });

  it("accepts a parameter named __proto__", () => {
    const query = parseTarget("/?__proto__=1&constructor=2")?.query;
    expect(JSON.stringify(query)).toBe('{"__proto__":"1","constructor":"2"}');
  });

  it.each(["", "*", "pets", "http://host/pets", "/%", "/%zz", "/%FF", "/pets?a=%", "/pets?%zz=1"])(
    "returns undefined for %j",
    (target) => {
      expect(parseTarget(target)).toBeUndefined();
    },
  );
});

describe("mergeHeaders", () => {
  it("lower-cases names and joins repeated headers by commas", () => {
    const { headers } = mergeHeaders(["X-A", "1", "Host", "h", "x-a", "2", "X-A", "3, 4"]);
    expect({ ...headers }).toEqual({ "x-a": "1,2,3, 4", host: "h" });
  });

  it("moves cookies out of the headers", () => {
    const merged = mergeHeaders(["Cookie", "a=1; b=x=y;c", "cookie", " d=4 ;"]);
    expect(merged.cookies).toEqual(["a=1", "b=x=y", "c", "d=4"]);
    expect({ ...merged.headers }).toEqual({});
  });

  it.each([
    "Connection",
    "Expect",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
  ])("drops %s", (name) => {
    expect({ ...mergeHeaders([name, "x"]).headers }).toEqual({});
  });

  it("counts the bytes of all values, including cookies and hop-by-hop headers", () => {
    expect(mergeHeaders(["A", "12", "Cookie", "345", "Connection", "6789"]).size).toBe(9);
  });

  it("accepts a header named __proto__", () => {
    const { headers } = mergeHeaders(["__proto__", "x"]);
    expect(JSON.stringify(headers)).toBe('{"__proto__":"x"}');
  });
});

describe("continueTrace", () => {
  const ROOT = "Root=1-5e6722a7-cc56a0042db740459ae51dcf";
  const PARENT = "Parent=53995c3f42cd8ad8";
  const now = Date.UTC(2020, 2, 12, 19, 3, 58);

  it.each([
    ROOT,
    `${ROOT};Sampled=1`,
    `Self=1-1-1;${ROOT};${PARENT};Sampled=1`,
    `${PARENT}; ${ROOT}`,
  ])("returns %s unchanged", (given) => {
    expect(continueTrace(given, now)).toBe(given);
  });

  it.each([undefined, "", "nonsense", "Root=1-5e6722a7-short", `${PARENT};Sampled=1`])(
    "starts a trace for %j, with the time in its root",
    (given) => {
      const header = continueTrace(given, now);
      expect(header).toMatch(/^Root=1-5e6a879e-[0-9a-f]{24}$/);
      expect(continueTrace(given, now)).not.toBe(header);
    },
  );
});
