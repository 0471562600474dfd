import { createRouter } from "@petstore/offline/services/apigateway/routes";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it } from "vitest";

function routeOf(key: string) {
  return { key, functionArn: `arn of ${key}`, payloadFormatVersion: "2.0" as const };
}

/** What takes `GET /pets/1` among these routes: the route's key and the path parameters. */
function find(keys: string[], request: string) {
  const [method = "", path = ""] = request.split(" ");
  const match = createRouter(keys.map(routeOf))(method, path.slice(1).split("/"));
  return match && [match.route.key, match.pathParameters];
}

describe("the router", () => {
  describe("the most specific route", () => {
    // The routes of the documentation's example.
    const documented = [
      "GET /pets/dog/1",
      "GET /pets/dog/{id}",
      "GET /pets/{proxy+}",
      "ANY /{proxy+}",
      "$default",
    ];
    const pets = ["GET /pets", "POST /pets", "GET /pets/{id}", "DELETE /pets/{petId}"];

    it.each([
      [documented, "GET /pets/dog/1", "GET /pets/dog/1", undefined],
      [documented, "GET /pets/dog/2", "GET /pets/dog/{id}", { id: "2" }],
      [documented, "GET /pets/cat/1", "GET /pets/{proxy+}", { proxy: "cat/1" }],
      [documented, "POST /test/5", "ANY /{proxy+}", { proxy: "test/5" }],
      [documented, "POST /pets/dog/1", "ANY /{proxy+}", { proxy: "pets/dog/1" }],
      [documented, "GET /", "ANY /{proxy+}", { proxy: "" }],

      [pets, "GET /pets", "GET /pets", undefined],
      [pets, "POST /pets", "POST /pets", undefined],
      [pets, "GET /pets/7", "GET /pets/{id}", { id: "7" }],
      [pets, "DELETE /pets/7", "DELETE /pets/{petId}", { petId: "7" }],
      [["GET /"], "GET /", "GET /", undefined],
      [["GET /a/{x}/b/{y}"], "GET /a/1/b/2", "GET /a/{x}/b/{y}", { x: "1", y: "2" }],

      // A method before ANY; but the path decides first.
      [["ANY /a", "GET /a"], "GET /a", "GET /a", undefined],
      [["GET /a", "ANY /a"], "PUT /a", "ANY /a", undefined],
      [["ANY /a/b", "GET /a/{x}"], "GET /a/b", "ANY /a/b", undefined],
      [["GET /a/{p+}", "ANY /a/{p+}"], "PUT /a/b", "ANY /a/{p+}", { p: "b" }],

      // A literal before a variable, at the first segment that differs.
      [["GET /a/{y}", "GET /{x}/b"], "GET /a/b", "GET /a/{y}", { y: "b" }],
      // A dead end does not hide another route.
      [["GET /a/b", "GET /{x}/c"], "GET /a/c", "GET /{x}/c", { x: "a" }],
      [["POST /a/b", "GET /a/{x}"], "GET /a/b", "GET /a/{x}", { x: "b" }],

      // A full match before a greedy one, however short the latter's variable.
      [["GET /a/{p+}", "GET /{x}/b"], "GET /a/b", "GET /{x}/b", { x: "a" }],
      // The longest greedy match.
      [["GET /{p+}", "GET /a/{p+}"], "GET /a/b/c", "GET /a/{p+}", { p: "b/c" }],
      [["GET /{p+}", "POST /a/{p+}"], "GET /a/b/c", "GET /{p+}", { p: "a/b/c" }],
      [["GET /{v}/x/{p+}", "$default"], "GET /1/x/2", "GET /{v}/x/{p+}", { v: "1", p: "2" }],

      [["GET /a", "$default"], "GET /b", "$default", undefined],
      [["GET /a", "$default"], "POST /a", "$default", undefined],

      // A trailing slash is an empty segment, which only a greedy variable catches.
      [["GET /a/{p+}"], "GET /a/", "GET /a/{p+}", { p: "" }],
      [["GET /a/{p+}"], "GET /a/b/", "GET /a/{p+}", { p: "b/" }],
    ])("among %j for %s", (keys, request, key, parameters) => {
      expect(find(keys, request)).toEqual([key, parameters]);
      expect(find(keys.toReversed(), request)).toEqual([key, parameters]);
    });

    it.each([
      [pets, "PUT /pets"],
      [pets, "HEAD /pets"],
      [pets, "GET /pets/"],
      [pets, "GET /pets/7/"],
      [pets, "GET //pets"],
      [pets, "GET /Pets"],
      [pets, "GET /"],
      [["GET /a/{p+}"], "GET /a"],
      [[], "GET /"],
    ])("is none of %j for %s", (keys, request) => {
      expect(find(keys, request)).toBeUndefined();
    });

    it("matches decoded segments, so a variable may contain a slash", () => {
      const route = createRouter([routeOf("GET /pets/{id}")]);
      expect(route("GET", ["pets", "a/b"])?.pathParameters).toEqual({ id: "a/b" });
    });
  });

  it.each(["GET pets", "get /pets", "GET", "/pets", "", "LOCK /pets", "GET /{p+}/x"])(
    "rejects the route key %j",
    (key) => expect(() => createRouter([routeOf(key)])).toThrow(UserError),
  );

  it("rejects payload format 1.0 and names the route", () => {
    const route = { ...routeOf("GET /old"), payloadFormatVersion: "1.0" as const };
    expect(() => createRouter([route])).toThrow(/"GET \/old" uses payload format 1\.0/);
  });
});
