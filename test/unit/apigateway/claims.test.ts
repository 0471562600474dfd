import { claimTexts, grantedScopes } from "@petstore/offline/services/apigateway/claims";
import { expect, it } from "vitest";

it.each<[unknown, string]>([
  ["text", "text"],
  ["", ""],
  [1787996002, "1787996002"],
  [true, "true"],
  [["a", "b"], "[a b]"],
  [[], "[]"],
  [[1, ["b"]], "[1 [b]]"],
  [{ b: 2, a: "1" }, "map[a:1 b:2]"],
])("a claim of %j is %s", (claim, text) => {
  expect(claimTexts({ claim })).toEqual({ claim: text });
});

it("a claim that is null is left out", () => {
  expect(claimTexts({ claim: null, sub: "user-a" })).toEqual({ sub: "user-a" });
});

it("a claim may have any name", () => {
  expect(Object.keys(claimTexts(JSON.parse('{"__proto__": 1, "cognito:groups": ["a"]}')))).toEqual([
    "__proto__",
    "cognito:groups",
  ]);
});

it.each<[object, string[]]>([
  [{ scope: "a b" }, ["a", "b"]],
  [{ scope: "" }, []],
  [{ scp: ["a", "b"] }, ["a", "b"]],
  [{ scp: "a b" }, ["a", "b"]],
  [{ scope: "a", scp: ["b"] }, ["a", "b"]],
  [{ scp: ["a b"] }, ["a b"]],
  [{ scope: 1, scp: null }, []],
  [{}, []],
])("the scopes of %j are %j", (claims, scopes) => {
  expect([...grantedScopes({ ...claims })]).toEqual(scopes);
});
