import { inferResponse, MalformedResponse } from "@petstore/offline/services/apigateway/response";
import { describe, expect, it } from "vitest";

function infer(result: unknown) {
  const { status, headers, body } = inferResponse(JSON.stringify(result));
  return { status, headers: { ...headers }, body };
}

describe("inferResponse", () => {
  describe("a result without statusCode", () => {
    it.each([
      '{"message":"Hello"}',
      '{ "spaced" : 1 }',
      '"Hello"',
      '"€"',
      "[1,2]",
      '[{"statusCode":500}]',
      "42",
      "true",
      "null",
      "{}",
    ])("is the body of a 200: %s", (payload) => {
      expect(inferResponse(payload)).toEqual({
        status: 200,
        headers: { "content-type": "application/json" },
        body: payload,
      });
    });
  });

  it.each([
    ["only a status code", { statusCode: 204 }, { status: 204, headers: {}, body: "" }],
    [
      "a body without a type",
      { statusCode: 200, body: "hi" },
      { status: 200, headers: { "content-type": "text/plain;charset=UTF-8" }, body: "hi" },
    ],
    [
      "a body with a type",
      { statusCode: 201, headers: { "Content-Type": "text/html" }, body: "<p>" },
      { status: 201, headers: { "content-type": "text/html" }, body: "<p>" },
    ],
    ["an empty body", { statusCode: 200, body: "" }, { status: 200, headers: {}, body: "" }],
    [
      "nulls",
      { statusCode: 200, headers: null, cookies: null, body: null, isBase64Encoded: null },
      { status: 200, headers: {}, body: "" },
    ],
    [
      "numbers and booleans as header values",
      { statusCode: 200, headers: { "X-Count": 7, "X-On": true } },
      { status: 200, headers: { "x-count": "7", "x-on": "true" }, body: "" },
    ],
    [
      "cookies",
      { statusCode: 200, cookies: ["a=1", "b=2; Secure"] },
      { status: 200, headers: { "set-cookie": ["a=1", "b=2; Secure"] }, body: "" },
    ],
    [
      "cookies next to a Set-Cookie header",
      { statusCode: 200, headers: { "Set-Cookie": "a=1" }, cookies: ["b=2"] },
      { status: 200, headers: { "set-cookie": ["a=1", "b=2"] }, body: "" },
    ],
    [
      "base64",
      {
        statusCode: 200,
        headers: { "content-type": "image/png" },
        body: "/wA=",
        isBase64Encoded: true,
      },
      { status: 200, headers: { "content-type": "image/png" }, body: Buffer.from([0xff, 0]) },
    ],
    [
      "what looks like base64 but is not declared so",
      { statusCode: 200, headers: { "content-type": "text/plain" }, body: "/wA=" },
      { status: 200, headers: { "content-type": "text/plain" }, body: "/wA=" },
    ],
    [
      "the gateway's own headers",
      {
        statusCode: 200,
        headers: { "Content-Length": "99", "Transfer-Encoding": "chunked", Connection: "close" },
      },
      { status: 200, headers: {}, body: "" },
    ],
    [
      "unknown fields",
      { statusCode: 404, multiValueHeaders: { a: ["b"] } },
      { status: 404, headers: {}, body: "" },
    ],
    ["the last status code", { statusCode: 599 }, { status: 599, headers: {}, body: "" }],
  ])("infers the response from %s", (_, result, expected) => {
    expect(infer(result)).toEqual(expected);
  });

  it.each([
    ["a status code in a string", { statusCode: "200" }],
    ["a status code that is null", { statusCode: null }],
    ["a fraction of a status code", { statusCode: 200.5 }],
    ["a status code too low", { statusCode: 199 }],
    ["a status code too high", { statusCode: 600 }],
    ["a body that is an object", { statusCode: 200, body: { a: 1 } }],
    ["a body that is a number", { statusCode: 200, body: 1 }],
    ["headers in a list", { statusCode: 200, headers: ["a: b"] }],
    ["headers in a string", { statusCode: 200, headers: "a: b" }],
    ["a header in a list", { statusCode: 200, headers: { a: ["b"] } }],
    ["a header that is null", { statusCode: 200, headers: { a: null } }],
    ["a header name with a space", { statusCode: 200, headers: { "a b": "c" } }],
    ["an empty header name", { statusCode: 200, headers: { "": "c" } }],
    ["a header value with a line break", { statusCode: 200, headers: { a: "b\r\nc: d" } }],
    ["a header value beyond Latin-1", { statusCode: 200, headers: { a: "€" } }],
    ["a cookie with a line break", { statusCode: 200, cookies: ["a=1\nb: c"] }],
    ["cookies that are no list", { statusCode: 200, cookies: "a=1" }],
    ["isBase64Encoded that is no boolean", { statusCode: 200, isBase64Encoded: "true" }],
    ["a body that is not base64", { statusCode: 200, body: "no base64!", isBase64Encoded: true }],
  ])("rejects %s", (_, result) => {
    expect(() => infer(result)).toThrow(MalformedResponse);
  });

  it.each(["", "not json", '{"statusCode":200', "undefined"])(
    "rejects the payload %j",
    (payload) => {
      expect(() => inferResponse(payload)).toThrow(
        new MalformedResponse("The function's response is not JSON"),
      );
    },
  );

  it("names the fields that are not valid", () => {
    expect(() => infer({ statusCode: "200", body: 1 })).toThrow(/^statusCode in .*; body in /);
  });
});
