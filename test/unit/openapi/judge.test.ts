import { describe, expect, it } from "vitest";
import { type Described, operations } from "../../fuzz/document.ts";
import { misjudged, undocumented } from "../../fuzz/judge.ts";
import type { Request } from "../../fuzz/requests.ts";
import { owner, type Sender } from "../../fuzz/senders.ts";

const operationOf = (name: string) => operations.find((one) => one.name === name) as Described;
const getHealth = operationOf("getHealth");
const createPet = operationOf("createPet");

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
});

describe("of an answer the fuzzer notices", () => {
  it.each([
    ["a status", answer(418, {}), "status 418 is not documented"],
    ["a server error", answer(500, { message: "Internal Server Error" }), "it is a 500"],
    ["a header", answer(200, { status: "ok" }, { server: "x" }), "header server is not documented"],
    ["a field too few", answer(200, {}), "required property 'status'"],
    ["a field too many", answer(200, { status: "ok", debug: 1 }), "unevaluated"],
    ["another value", answer(200, { status: "great" }), "/status must be equal to constant"],
    [
      "a header's value",
      answer(200, { status: "ok" }, { "cache-control": "public" }),
      "header cache-control  must be equal to constant",
    ],
    [
      "another format",
      answer(200, { status: "ok" }, { "content-type": "text/html" }),
      "content type text/html is not documented",
    ],
  ])("%s", (_, received, told) => {
    expect(undocumented({ operation: getHealth }, received).join("\n")).toContain(told);
  });

  it("nothing in one that is as documented", () => {
    expect(undocumented({ operation: getHealth }, answer(200, { status: "ok" }))).toEqual([]);
  });

  it("a body of a response to HEAD, and nothing where there is none", () => {
    const head = { operation: getHealth, isHead: true };
    const received = answer(200, { status: "ok" });
    expect(undocumented(head, received)).toEqual(["a body is not documented"]);
    expect(undocumented(head, { ...received, body: "" })).toEqual([]);
  });

  it("a header that is missing", () => {
    const { "cache-control": _, ...headers } = answer(200, {}).headers;
    const received = { ...answer(200, { status: "ok" }), headers };
    expect(undocumented({ operation: getHealth }, received)).toEqual([
      "header cache-control is missing",
    ]);
  });
});

describe("of a verdict it notices", () => {
  const request = (body: string, mediaType = "application/json"): Request => ({
    operation: createPet,
    sender: { user: owner },
    parameters: [],
    headers: [],
    mediaType,
    body,
  });
  const rex = '{"name":"Rex","species":"dog"}';

  it("what is taken and must not be", () => {
    for (const wrong of [request("{}"), request("{"), request(rex, "text/plain")]) {
      expect(misjudged(wrong, answer(201, {}))).toHaveLength(1);
      expect(misjudged(wrong, answer(422, {}))).toEqual([]);
    }
  });

  it("what is refused and must not be, unless for what is there", () => {
    const refused = (type: string) => answer(422, { type: `/problems/${type}` });
    expect(misjudged(request(rex), refused("invalid-request"))).toHaveLength(1);
    expect(misjudged(request(rex), refused("idempotency-key-reused"))).toEqual([]);
    expect(misjudged(request(rex), answer(201, {}))).toEqual([]);
  });

  it.each<[string, Sender, number]>([
    ["nobody", {}, 401],
    ["somebody with no token at all", { authorization: "Basic YTpi" }, 401],
    ["somebody without the scope", { user: { sub: "ann", scope: "pets:import" } }, 403],
  ])("that %s is let through", (_, sender, status) => {
    const unfit = { ...request(rex), sender };
    const problem = { "content-type": "application/problem+json" };
    expect(misjudged(unfit, answer(201, {}))).toHaveLength(1);
    expect(misjudged(unfit, answer(422, {}, problem))).toHaveLength(1);
    expect(misjudged(unfit, answer(status, { message: "" }))).toEqual([]);
  });

  it("that nobody's own pets are listed", () => {
    const owner = { name: "owner", in: "query", value: "me" };
    const list = { ...request(rex), operation: operationOf("listPets"), parameters: [owner] };
    expect(misjudged({ ...list, sender: {} }, answer(200, {}))).toHaveLength(1);
    expect(misjudged(list, answer(200, {}))).toEqual([]);
  });
});
