import { parseTarget } from "@petstore/offline/services/apigateway/target";
import { expect, it } from "vitest";

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
])("path of %s", (target, path, segments) => {
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
])("query string %s", (rawQueryString, query) => {
  const target = parseTarget(`/?${rawQueryString}`);
  expect(target).toMatchObject({ path: "/", rawQueryString });
  expect({ ...target?.query }).toEqual(query);
});

it("an empty query string means no parameters", () => {
  expect(parseTarget("/?")).toEqual({ path: "/", segments: [""], rawQueryString: "" });
});

it("a parameter may be called __proto__", () => {
  const query = parseTarget("/?__proto__=1&constructor=2")?.query;
  expect(JSON.stringify(query)).toBe('{"__proto__":"1","constructor":"2"}');
});

it.each(["", "*", "pets", "http://host/pets", "/%", "/%zz", "/%FF", "/pets?a=%", "/pets?%zz=1"])(
  "refuses %j",
  (target) => {
    expect(parseTarget(target)).toBeUndefined();
  },
);
