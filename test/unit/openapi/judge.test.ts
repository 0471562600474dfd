import { describe, expect, it } from "vitest";
import { type Described, operations } from "../../fuzz/document.ts";
import { misjudged, undocumented } from "../../fuzz/judge.ts";
import type { Request } from "../../fuzz/requests.ts";
import { owner, type Sender } from "../../fuzz/senders.ts";

const operationOf = (name: string) => operations.find((one) => one.name === name) as Described;
const getHealth = operationOf("getHealth");
const createPet = operationOf("createPet");

const response = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
});

describe("undocumented reports", () => {
  it.each([
    ["a status", response(418, {}), "status 418 is not documented"],
    ["a server error", response(500, { message: "Internal Server Error" }), "it is a 500"],
    [
      "a header",
      response(200, { status: "ok" }, { server: "x" }),
      "header server is not documented",
    ],
    ["a missing field", response(200, {}), "required property 'status'"],
    ["an unknown field", response(200, { status: "ok", debug: 1 }), "unevaluated"],
    ["a wrong value", response(200, { status: "great" }), "/status must be equal to constant"],
    [
      "a header's value",
      response(200, { status: "ok" }, { "cache-control": "public" }),
      "header cache-control  must be equal to constant",
    ],
    [
      "another format",
      response(200, { status: "ok" }, { "content-type": "text/html" }),
      "content type text/html is not documented",
    ],
  ])("%s", (_, received, told) => {
    expect(undocumented({ operation: getHealth }, received).join("\n")).toContain(told);
  });

  it("nothing for a documented response", () => {
    expect(undocumented({ operation: getHealth }, response(200, { status: "ok" }))).toEqual([]);
  });

  it("a body in a response to HEAD", () => {
    const head = { operation: getHealth, isHead: true };
    const received = response(200, { status: "ok" });
    expect(undocumented(head, received)).toEqual(["a body is not documented"]);
    expect(undocumented(head, { ...received, body: "" })).toEqual([]);
  });

  it("a missing header", () => {
    const { "cache-control": _, ...headers } = response(200, {}).headers;
    const received = { ...response(200, { status: "ok" }), headers };
    expect(undocumented({ operation: getHealth }, received)).toEqual([
      "header cache-control is missing",
    ]);
  });
});

describe("misjudged reports", () => {
  const request = (body: string, mediaType = "application/json"): Request => ({
    operation: createPet,
    sender: { user: owner },
    parameters: [],
    headers: [],
    mediaType,
    body,
  });
  const rex = '{"name":"Rex","species":"dog"}';

  it("an invalid request that was accepted", () => {
    for (const wrong of [request("{}"), request("{"), request(rex, "text/plain")]) {
      expect(misjudged(wrong, response(201, {}))).toHaveLength(1);
      expect(misjudged(wrong, response(422, {}))).toEqual([]);
    }
  });

  it("a valid request that was refused, unless the stored state explains it", () => {
    const refused = (type: string) => response(422, { type: `/problems/${type}` });
    expect(misjudged(request(rex), refused("invalid-request"))).toHaveLength(1);
    expect(misjudged(request(rex), refused("idempotency-key-reused"))).toEqual([]);
    expect(misjudged(request(rex), response(201, {}))).toEqual([]);
  });

  it.each<[string, Sender, number]>([
    ["without a token", {}, 401],
    ["with another scheme", { authorization: "Basic YTpi" }, 401],
    ["without the scope", { user: { sub: "ann", scope: "pets:import" } }, 403],
  ])("an accepted request %s", (_, sender, status) => {
    const unfit = { ...request(rex), sender };
    const problem = { "content-type": "application/problem+json" };
    expect(misjudged(unfit, response(201, {}))).toHaveLength(1);
    expect(misjudged(unfit, response(422, {}, problem))).toHaveLength(1);
    expect(misjudged(unfit, response(status, { message: "" }))).toEqual([]);
  });

  it("an accepted owner=me without a token", () => {
    const owner = { name: "owner", in: "query", value: "me" };
    const list = { ...request(rex), operation: operationOf("listPets"), parameters: [owner] };
    expect(misjudged({ ...list, sender: {} }, response(200, {}))).toHaveLength(1);
    expect(misjudged(list, response(200, {}))).toEqual([]);
  });
});
