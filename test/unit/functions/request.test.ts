import { createPet, getPet, listPets, patchPet } from "@petstore/core/contract/pets";
import { Problem } from "@petstore/core/problems/problem";
import { parseRequest } from "@petstore/functions/http/request";
import { describe, expect, it } from "vitest";
import { httpEvent } from "../../support/event.ts";

const id = "0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b";
const json = { "content-type": "application/json" };
const rex = { name: "Rex", species: "dog" };

function problemOf(attempt: () => unknown): Problem {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

const create = (body: string, headers: Record<string, string> = json) =>
  parseRequest(createPet, httpEvent({ headers, body }));

describe("the body", () => {
  it("is parsed with defaults, without blanks at the ends and duplicate tags", () => {
    const { body } = create(JSON.stringify({ ...rex, name: " Rex ", tags: ["b", "a", "b"] }));
    expect(body).toEqual({ ...rex, tags: ["b", "a"], status: "available" });
  });

  it("is refused with the JSON Pointer of every error", () => {
    const { type, errors } = problemOf(() =>
      create('{"name":"","species":"dragon","tags":["ok","NOT OK"],"a/b":1,"c~d":2,"__proto__":3}'),
    );
    expect(type).toBe("invalid-request");
    expect(errors?.map((error) => "pointer" in error && error.pointer).sort()).toEqual(
      ["/__proto__", "/a~1b", "/c~0d", "/name", "/species", "/tags/1"].sort(),
    );
  });

  it.each([
    ["null", ""],
    ["[]", ""],
    ['"Rex"', ""],
    ['{"name":"Rex"}', "/species"],
    ['{"name":"Rex","species":"dog","name\\u0000":1}', "/name\u0000"],
    ['{"name":"\\u0000","species":"dog"}', "/name"],
    ['{"name":"\\ud800","species":"dog"}', "/name"],
    ['{"name":"Rex","species":"dog","birthDate":"2026-02-30"}', "/birthDate"],
    ['{"name":"Rex","species":"dog","birthDate":20260101}', "/birthDate"],
    ['{"name":"Rex","species":"dog","ownerEmail":"nobody"}', "/ownerEmail"],
  ])("%s is refused at %j", (body, pointer) => {
    const { status, errors } = problemOf(() => create(body));
    expect(status).toBe(422);
    expect(errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });

  it.each([
    ["nothing", ""],
    ["half an object", '{"name":'],
    ["two values", "{} {}"],
    ["nothing but a byte order mark", "\ufeff"],
    ["two byte order marks", "\ufeff\ufeff{}"],
  ])("that is %s is malformed", (_, body) => {
    expect(problemOf(() => create(body)).type).toBe("malformed-body");
  });

  it("that is not UTF-8 is malformed", () => {
    const body = Buffer.from([0x22, 0xff, 0x22]).toString("base64");
    const event = httpEvent({ headers: json, body, isBase64Encoded: true });
    expect(problemOf(() => parseRequest(createPet, event)).type).toBe("malformed-body");
  });

  it("is too large with more than 64 KiB, counted in bytes", () => {
    const frame = JSON.stringify({ ...rex, breed: "" }).length;
    const bytes = (length: number) => JSON.stringify({ ...rex, breed: "x".repeat(length - frame) });
    expect(problemOf(() => create(bytes(65_536))).type).toBe("invalid-request");
    expect(problemOf(() => create(bytes(65_537))).type).toBe("body-too-large");
    expect(problemOf(() => create("é".repeat(40_000))).type).toBe("body-too-large");
  });

  it.each([
    {},
    { "content-type": "" },
    { "content-type": "text/plain" },
    { "content-type": "application/jsonp" },
    { "content-type": "application/json; charset=latin1" },
    { ...json, "content-encoding": "gzip" },
  ])("is refused with the headers %o", (headers) => {
    const problem = problemOf(() => create(JSON.stringify(rex), headers as Record<string, string>));
    expect(problem.status).toBe(415);
    expect(problem.headers.accept).toBe("application/json");
  });

  it.each([
    "application/json",
    "Application/JSON; charset=UTF-8",
    'application/json;charset="utf-8"',
  ])("is accepted as %s", (contentType) => {
    expect(create(JSON.stringify(rex), { "content-type": contentType }).body.name).toBe("Rex");
  });

  it("of a merge patch keeps null, and adds no absent member", () => {
    const headers = { "content-type": "application/merge-patch+json" };
    const body = JSON.stringify({ breed: null });
    const event = httpEvent({ pathParameters: { id }, headers, body });
    expect(parseRequest(patchPet, event).body).toEqual({ breed: null });
  });
});

describe("the query", () => {
  const list = (query: Record<string, string>) =>
    parseRequest(listPets, httpEvent({ queryStringParameters: query })).query;

  it("has defaults", () => {
    expect(list({})).toEqual({ limit: 20 });
    expect(list({ limit: "100", status: "adopted" })).toEqual({ limit: 100, status: "adopted" });
  });

  it.each(["0", "101", "-1", "1.5", "1e1", "", " 7", "20,20", "NaN"])(
    "refuses limit=%j",
    (limit) => {
      const { status, errors } = problemOf(() => list({ limit }));
      expect(status).toBe(422);
      expect(errors).toEqual([{ parameter: "limit", detail: expect.any(String) }]);
    },
  );

  it("refuses unknown parameters by name", () => {
    const { errors } = problemOf(() => list({ speces: "cat", status: "lost" }));
    expect(errors?.map((error) => "parameter" in error && error.parameter).sort()).toEqual([
      "speces",
      "status",
    ]);
  });
});

describe("headers", () => {
  const read = (headers: Record<string, string>) => () =>
    parseRequest(getPet, httpEvent({ pathParameters: { id }, headers }));

  it.each(["*", '"1"', 'W/"1"', '"1", "2"', ' "1" ,W/"2"', '""', ',, "1" ,,"2",', '"1,2"'])(
    "take If-Match: %s",
    (value) => {
      expect(read({ "if-match": value })).not.toThrow();
    },
  );

  it.each(["1", '"1', '1"', '"1" "2"', "**", "*,", '*, "1"', ", ,", "", 'w/"1"', '"a b"'])(
    "refuse If-Match: %j",
    (value) => {
      expect(problemOf(read({ "if-match": value })).type).toBe("malformed-header");
    },
  );

  it.each(["", "ä", "a b", "a,b", ",", "x".repeat(256)])("refuse Idempotency-Key: %j", (value) => {
    const headers = { ...json, "idempotency-key": value };
    expect(problemOf(() => create(JSON.stringify(rex), headers)).type).toBe("malformed-header");
  });
});

it("an id in a path is accepted in any case", () => {
  const event = httpEvent({ pathParameters: { id: id.toUpperCase() } });
  expect(parseRequest(getPet, event).params).toEqual({ id });
});

it.each(["1", "undefined", `${id}x`, "../pets", id.replace("-", "")])(
  "a path that ends in %s leads nowhere",
  (wrong) => {
    const event = httpEvent({ pathParameters: { id: wrong } });
    expect(problemOf(() => parseRequest(getPet, event)).type).toBe("not-found");
  },
);
