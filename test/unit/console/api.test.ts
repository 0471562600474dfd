import { dispatchRequest } from "@petstore/offline/console/api";
import { describe, expect, it } from "vitest";

const routes = {
  "GET /api/things": () => "all",
  "GET /api/things/:name": ({ name }: Record<string, string>) => name,
  "POST /api/things/:name/mend": ({ name }: Record<string, string>, query: unknown) => [
    name,
    query,
  ],
};
const ask = (method: string, path: string) =>
  dispatchRequest(routes, method, new URL(path, "http://localhost"));

it("a route gets its parameters decoded, and those of the query that are not empty", () => {
  expect(ask("GET", "/api/things")).toBe("all");
  expect(ask("GET", "/api/things/a%2Fb%20c")).toBe("a/b c");
  expect(ask("POST", "/api/things/x/mend?how=well&when=")).toEqual(["x", { how: "well" }]);
});

describe("is refused:", () => {
  it.each([
    ["GET", "/api/nothing", 404],
    ["GET", "/api/things/", 200],
    ["GET", "/api/things/x/mend/more", 404],
    ["GET", "/api/things/x/mend", 405],
    ["DELETE", "/api/things", 405],
    ["GET", "/api/things/%E0%A4%A", 400],
  ])("%s %s %i", (method, path, status) => {
    if (status === 200) expect(ask(method, path)).toBe("");
    else expect(() => ask(method, path)).toThrow(expect.objectContaining({ status }));
  });
});
