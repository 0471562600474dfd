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
const send = (method: string, path: string) =>
  dispatchRequest(routes, method, new URL(path, "http://localhost"));

describe("dispatchRequest", () => {
  it("passes decoded path parameters and non-empty query parameters to the handler", () => {
    expect(send("GET", "/api/things")).toBe("all");
    expect(send("GET", "/api/things/a%2Fb%20c")).toBe("a/b c");
    expect(send("POST", "/api/things/x/mend?how=well&when=")).toEqual(["x", { how: "well" }]);
  });

  it("accepts an empty path parameter", () => {
    expect(send("GET", "/api/things/")).toBe("");
  });
});

describe("dispatchRequest rejects", () => {
  it.each([
    ["GET", "/api/nothing", 404],
    ["GET", "/api/things/x/mend/more", 404],
    ["GET", "/api/things/x/mend", 405],
    ["DELETE", "/api/things", 405],
    ["GET", "/api/things/%E0%A4%A", 400],
  ])("%s %s with %i", (method, path, status) => {
    expect(() => send(method, path)).toThrow(expect.objectContaining({ status }));
  });
});
