import { describe, expect, it } from "vitest";
import { aPet, useApi } from "../../support/api.ts";

const { call } = useApi();
const rex = { name: "Rex", species: "dog" };
const unknown = "/api/pets/0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b";

describe("bodies", () => {
  it.each([
    ["malformed JSON", '{"name":', 400, "malformed-body"],
    ["nothing", "", 400, "malformed-body"],
    ["an unknown field", { ...rex, color: "red" }, 422, "invalid-request"],
    ["a prototype's name", '{"name":"Rex","species":"dog","__proto__":{}}', 422, "invalid-request"],
    ["a lone surrogate", '{"name":"\\ud800","species":"dog"}', 422, "invalid-request"],
    ["deep nesting", "[".repeat(60_000), 400, "malformed-body"],
    ["deep nesting, closed", "[".repeat(30_000) + "]".repeat(30_000), 422, "invalid-request"],
    ["70 KB", { ...rex, breed: "x".repeat(70_000) }, 413, "body-too-large"],
  ])("%s", async (_, body, status, type) => {
    const answer = await call("POST", "/api/pets", {
      headers: { "content-type": "application/json" },
      body,
    });
    expect(answer).toMatchObject({ status, body: { type: `/problems/${type}` } });
  });

  it("are refused with the JSON Pointer of every error", async () => {
    const { body } = await call<{ errors: unknown[] }>("POST", "/api/pets", {
      body: { species: "dragon", tags: ["ok", 7], color: "red" },
    });
    expect(body.errors).toEqual(
      expect.arrayContaining(
        ["/name", "/species", "/tags/1", "/color"].map((pointer) => ({
          pointer,
          detail: expect.any(String),
        })),
      ),
    );
    expect(body.errors).toHaveLength(4);
  });

  it("in another format are refused", async () => {
    const headers = { "content-type": "application/xml" };
    const answer = await call("POST", "/api/pets", { headers, body: "<pet/>" });
    expect(answer).toMatchObject({
      status: 415,
      body: { type: "/problems/unsupported-media-type" },
    });
    expect(answer.headers.get("accept")).toBe("application/json");
  });

  it("larger than the gateway's limit are refused", async () => {
    const answer = await call("POST", "/api/pets", { body: "x".repeat(10 * 1024 * 1024 + 1) });
    expect(answer).toMatchObject({ status: 413, body: { message: "Request Entity Too Large" } });
  });
});

describe("paths", () => {
  it.each([unknown, "/api/pets/1", "/api/pets/%00", "/api/pets/%F0%9F%90%B6", "/api/pets/..%2F.."])(
    "%s is not found",
    async (path) => {
      expect(await call("GET", path)).toMatchObject({
        status: 404,
        body: { type: "/problems/not-found" },
      });
    },
  );

  it.each([
    ["GET", "/"],
    ["GET", "/api"],
    ["GET", "/api/petz"],
    ["DELETE", "/api/pets"],
    ["POST", unknown],
  ])("%s %s has no route", async (method, path) => {
    expect(await call(method, path)).toMatchObject({ status: 404, body: { message: "Not Found" } });
  });
});

describe("parameters and headers", () => {
  it.each([
    "limit=0",
    "limit=101",
    "limit=x",
    "limit=1&limit=2",
    "status=lost",
    "speces=cat",
    "owner=",
  ])("?%s does not match the schema", async (query) => {
    expect(await call("GET", `/api/pets?${query}`)).toMatchObject({
      status: 422,
      body: { type: "/problems/invalid-request", errors: [{ parameter: query.split("=")[0] }] },
    });
  });

  it.each(["1", '"1', "**"])("If-Match: %s is malformed", async (tag) => {
    const { id } = await aPet(call);
    const answer = await call("PATCH", `/api/pets/${id}`, {
      headers: { "if-match": tag },
      body: { name: "Max" },
    });
    expect(answer).toMatchObject({ status: 400, body: { type: "/problems/malformed-header" } });
  });

  it("an Idempotency-Key that is too long is malformed", async () => {
    const headers = { "idempotency-key": "x".repeat(256) };
    const answer = await call("POST", "/api/pets", { headers, body: rex });
    expect(answer).toMatchObject({ status: 400, body: { type: "/problems/malformed-header" } });
  });
});
