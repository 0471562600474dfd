import { buildEvent, type EventParts } from "@petstore/offline/services/apigateway/event";
import {
  mergeHeaders,
  parseTarget,
  type Target,
} from "@petstore/offline/services/apigateway/request";
import { createRouter } from "@petstore/offline/services/apigateway/routes";
import { describe, expect, it } from "vitest";

interface Request {
  key?: string;
  method?: string;
  target?: string;
  headers?: string[];
  body?: Buffer | string;
}

/** The event of a request, as the function reads it. */
function eventOf({
  key = "$default",
  method = "GET",
  target = "/",
  headers = [],
  body = "",
}: Request) {
  const parsed = parseTarget(target) as Target;
  const functionArn = "arn";
  const route = createRouter([{ key, functionArn, payloadFormatVersion: "2.0" }]);
  const merged = mergeHeaders(["Host", "api.example.com", "User-Agent", "agent", ...headers]);
  const source: EventParts = {
    accountId: "123456789012",
    apiId: "api-id",
    record: {
      requestId: "id=",
      timeEpoch: Date.UTC(2020, 2, 12, 19, 3, 58, 390),
      time: "12/Mar/2020:19:03:58 +0000",
      method,
      path: parsed.path,
      protocol: "HTTP/1.1",
      domainName: "api.example.com",
      sourceIp: "127.0.0.1",
      userAgent: "agent",
      status: 0,
      responseLength: 0,
      responseLatency: 0,
    },
    match: route(method, parsed.segments) ?? expect.unreachable(),
    target: parsed,
    headers: merged.headers,
    cookies: merged.cookies,
    body: Buffer.from(body),
    port: 3000,
    traceHeader: "Root=1-2-3",
  };
  return JSON.parse(JSON.stringify(buildEvent(source)));
}

describe("an event", () => {
  it("contains all fields", () => {
    const event = eventOf({
      key: "POST /pets/{kind}",
      method: "POST",
      target: "/pets/big%20dog?tag=a&tag=b&q=x+y",
      headers: [
        "Cookie",
        "a=1; b=2",
        "X-One",
        "1",
        "x-one",
        "2",
        "Content-Type",
        "application/json",
      ],
      body: '{"name":"Rex"}',
    });
    expect(event).toEqual({
      version: "2.0",
      routeKey: "POST /pets/{kind}",
      rawPath: "/pets/big dog",
      rawQueryString: "tag=a&tag=b&q=x+y",
      cookies: ["a=1", "b=2"],
      headers: {
        host: "api.example.com",
        "user-agent": "agent",
        "x-one": "1,2",
        "content-type": "application/json",
        "content-length": "14",
        "x-amzn-trace-id": "Root=1-2-3",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": "3000",
        "x-forwarded-proto": "http",
      },
      queryStringParameters: { tag: "a,b", q: "x y" },
      pathParameters: { kind: "big dog" },
      requestContext: {
        accountId: "123456789012",
        apiId: "api-id",
        domainName: "api.example.com",
        domainPrefix: "api",
        http: {
          method: "POST",
          path: "/pets/big dog",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "agent",
        },
        requestId: "id=",
        routeKey: "POST /pets/{kind}",
        stage: "$default",
        time: "12/Mar/2020:19:03:58 +0000",
        timeEpoch: 1584039838390,
      },
      body: '{"name":"Rex"}',
      isBase64Encoded: false,
    });
  });

  it("omits fields without a value", () => {
    const event = eventOf({});
    for (const field of ["cookies", "queryStringParameters", "pathParameters", "body"]) {
      expect(event).not.toHaveProperty(field);
    }
    expect(event).toMatchObject({ rawQueryString: "", isBase64Encoded: false });
    expect(event.headers["content-length"]).toBe("0");
  });

  describe("its forwarding headers", () => {
    it("extend the client's X-Forwarded-For and replace its port and protocol", () => {
      const headers = [
        "X-Forwarded-For",
        "10.0.0.1",
        "X-Forwarded-Port",
        "1",
        "X-Forwarded-Proto",
        "ws",
      ];
      expect(eventOf({ headers }).headers).toMatchObject({
        "x-forwarded-for": "10.0.0.1, 127.0.0.1",
        "x-forwarded-port": "3000",
        "x-forwarded-proto": "http",
      });
    });
  });

  describe("its body", () => {
    it.each([
      "application/json",
      "APPLICATION/JSON; charset=utf-8",
      "application/xml",
      "application/javascript",
      "text/plain",
      "text/csv;header=present",
    ])("is text for the type %s", (type) => {
      const event = eventOf({ headers: ["Content-Type", type], body: "€" });
      expect(event).toMatchObject({ body: "€", isBase64Encoded: false });
      expect(event.headers["content-length"]).toBe("3");
    });

    it.each([
      "application/octet-stream",
      "application/x-www-form-urlencoded",
      "application/problem+json",
      "multipart/form-data; boundary=x",
      "image/png",
      "application/jsonp",
      "",
    ])("is base64 for the type %j", (type) => {
      const event = eventOf({ headers: ["Content-Type", type], body: Buffer.from([0xff, 0]) });
      expect(event).toMatchObject({ body: "/wA=", isBase64Encoded: true });
    });

    it("is base64 without a type", () => {
      expect(eventOf({ body: "hi" })).toMatchObject({ body: "aGk=", isBase64Encoded: true });
    });

    it("is base64 with a content encoding", () => {
      const headers = ["Content-Type", "application/json", "Content-Encoding", "gzip"];
      expect(eventOf({ headers, body: "hi" })).toMatchObject({
        body: "aGk=",
        isBase64Encoded: true,
      });
    });
  });
});
