import http from "node:http";
import { loadGraph } from "@petstore/offline/graph/load";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { projectRoot } from "../../support/offline.ts";
import { resourcesOf } from "../../support/resources.ts";
import { gate, send, start } from "./harness.ts";

const INTERNAL_SERVER_ERROR = '{"message":"Internal Server Error"}';
const SERVICE_UNAVAILABLE = '{"message":"Service Unavailable"}';

describe("the gateway", () => {
  it("passes the request to the function and its response to the client", async () => {
    const gateway = await start(({ event }) => ({
      statusCode: 201,
      headers: { "Content-Type": "application/json", ETag: '"1"' },
      cookies: ["a=1", "b=2"],
      body: event.body,
    }));
    const body = JSON.stringify({ name: "Réx" });
    const response = await send(`${gateway.url}/pets?x=1`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: "c=3" },
      body,
    });
    const [invocation] = gateway.invocations;
    const [record] = gateway.records;

    expect(response).toMatchObject({ status: 201, body });
    expect(response.headers).toMatchObject({
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      etag: '"1"',
      "set-cookie": ["a=1", "b=2"],
      "apigw-requestid": record?.requestId,
    });
    expect(invocation?.functionArn).toBe("arn of POST /pets");
    expect(invocation?.event).toMatchObject({
      version: "2.0",
      routeKey: "POST /pets",
      rawQueryString: "x=1",
      cookies: ["c=3"],
      headers: { "x-forwarded-port": new URL(gateway.url).port },
      requestContext: { apiId: "abc123", requestId: record?.requestId },
      body,
    });
    expect(record).toMatchObject({
      method: "POST",
      path: "/pets",
      routeKey: "POST /pets",
      functionArn: "arn of POST /pets",
      status: 201,
      functionStatus: 201,
      integrationStatus: 200,
      integrationRequestId: invocation?.options?.requestId,
      responseLength: Buffer.byteLength(body),
    });
    expect(record).not.toHaveProperty("errorMessage");
  });

  it("continues the client's trace in the invocation", async () => {
    const gateway = await start();
    const trace = "Root=1-5e6722a7-cc56a0042db740459ae51dcf";
    await send(`${gateway.url}/any`, { headers: { "X-Amzn-Trace-Id": trace } });
    expect(gateway.invocations[0]?.options?.traceHeader).toBe(trace);
    expect(gateway.invocations[0]?.event.headers["x-amzn-trace-id"]).toBe(trace);
  });

  it("passes on binary bodies unchanged", async () => {
    const bytes = Buffer.from([0, 0xff, 0xfe, 0x80]);
    const gateway = await start(({ event }) => ({
      statusCode: 200,
      headers: { "content-type": "application/octet-stream" },
      body: event.body,
      isBase64Encoded: event.isBase64Encoded,
    }));
    const response = await fetch(`${gateway.url}/pets`, { method: "POST", body: bytes });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  });

  it("sends the length but no body in response to HEAD", async () => {
    const gateway = await start(() => ({ statusCode: 200, body: "twelve bytes" }));
    const response = await send(`${gateway.url}/head`, { method: "HEAD" });
    expect(response).toMatchObject({ status: 200, body: "" });
    expect(response.headers["content-length"]).toBe("12");
    expect(gateway.records[0]?.responseLength).toBe(0);
  });

  it.each([204, 304])("sends neither body nor length with status %i", async (statusCode) => {
    const gateway = await start(() => ({ statusCode, headers: { etag: '"1"' }, body: "ignored" }));
    // Over one connection: a stray body would break the second response.
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    for (const _ of [1, 2]) {
      const response = await send(`${gateway.url}/any`, { agent });
      expect(response).toMatchObject({ status: statusCode, body: "" });
      expect(response.headers).not.toHaveProperty("content-length");
      expect(response.headers.etag).toBe('"1"');
    }
  });

  it("sends the length 0 with an empty body", async () => {
    const gateway = await start(() => ({ statusCode: 200 }));
    const { headers } = await send(`${gateway.url}/any`);
    expect(headers["content-length"]).toBe("0");
  });

  it.each([
    ["GET", "/"],
    ["GET", "/nothing"],
    ["GET", "/pets"],
    ["PUT", "/pets/1"],
    ["HEAD", "/pets/1"],
    ["GET", "/pets/1/"],
  ])("returns 404 for %s %s", async (method, path) => {
    const gateway = await start();
    const response = await send(gateway.url + path, { method });
    expect(response.status).toBe(404);
    expect(response.body).toBe(method === "HEAD" ? "" : '{"message":"Not Found"}');
    expect(response.headers["content-type"]).toBe("application/json");
    expect(response.headers["apigw-requestid"]).toBe(gateway.records[0]?.requestId);
    expect(gateway.invocations).toEqual([]);
    expect(gateway.records).toMatchObject([
      { method, path, status: 404, errorMessage: "Not Found" },
    ]);
    expect(gateway.records[0]).not.toHaveProperty("routeKey");
  });

  it.each([
    [
      "a failed function",
      { kind: "error", errorType: "Error", errorMessage: "no pets" },
      { status: 500, integrationStatus: 200, integrationErrorMessage: "Error: no pets" },
      INTERNAL_SERVER_ERROR,
    ],
    [
      "a throttled function",
      { kind: "throttled" },
      { status: 503, integrationStatus: 429 },
      SERVICE_UNAVAILABLE,
    ],
    [
      "a response that is not JSON",
      { kind: "response", payload: "oops" },
      { status: 500, integrationErrorMessage: "The function's response is not JSON" },
      INTERNAL_SERVER_ERROR,
    ],
    [
      "a malformed response",
      { statusCode: "200" },
      { status: 500, integrationErrorMessage: expect.stringContaining("statusCode") },
      INTERNAL_SERVER_ERROR,
    ],
    [
      "a header value with a line break",
      { statusCode: 200, headers: { a: "b\r\nc: d" } },
      { status: 500, integrationErrorMessage: expect.stringContaining('"a"') },
      INTERNAL_SERVER_ERROR,
    ],
  ])("returns an error for %s", async (_, result, record, body) => {
    const gateway = await start(() => result);
    const response = await send(`${gateway.url}/any`);
    expect(response).toMatchObject({ status: record.status, body });
    expect(gateway.records).toMatchObject([{ ...record, errorMessage: JSON.parse(body).message }]);
  });

  it("returns 500 when the gateway itself fails", async () => {
    const gateway = await start(() => Promise.reject(new Error("broken invoke")));
    const response = await send(`${gateway.url}/any`);
    expect(response).toMatchObject({ status: 500, body: INTERNAL_SERVER_ERROR });
    expect(gateway.records).toMatchObject([{ integrationErrorMessage: "Error: broken invoke" }]);
  });

  it("returns 503 when the function takes 30 seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const called = gate();
    const gateway = await start(() => {
      called.open();
      return new Promise(() => {});
    });
    const responding = send(`${gateway.url}/any`);
    await called.opened;
    vi.advanceTimersByTime(29_999);
    expect(gateway.records).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(await responding).toMatchObject({ status: 503, body: SERVICE_UNAVAILABLE });
    expect(gateway.records).toMatchObject([
      { integrationErrorMessage: expect.stringContaining("30") },
    ]);
  });

  it("clears the timeout after the response, and does not keep the process alive with it", async () => {
    const setTimer = vi.spyOn(globalThis, "setTimeout");
    const clearTimer = vi.spyOn(globalThis, "clearTimeout");
    onTestFinished(() => void vi.restoreAllMocks());
    const findTimer = () =>
      setTimer.mock.calls.flatMap(([, ms], i) =>
        ms === 30_000 ? [setTimer.mock.results[i]?.value as NodeJS.Timeout] : [],
      )[0];
    const hadRef: (boolean | undefined)[] = [];
    const gateway = await start(async () => {
      await Promise.resolve();
      hadRef.push(findTimer()?.hasRef());
      return { statusCode: 200 };
    });
    await send(`${gateway.url}/any`);
    expect(hadRef).toEqual([false]);
    expect(clearTimer).toHaveBeenCalledWith(findTimer());
  });

  it("throttles requests that match a route", async () => {
    const gateway = await start(undefined, {
      settings: { throttle: { rateLimit: 0.001, burstLimit: 2 } },
    });
    const statuses = [];
    for (const path of ["/none", "/any", "/none", "/any", "/any"]) {
      const response = await send(gateway.url + path);
      statuses.push(response.status);
      if (response.status === 429) expect(response.body).toBe('{"message":"Too Many Requests"}');
    }
    expect(statuses).toEqual([404, 200, 404, 200, 429]);
    expect(gateway.invocations).toHaveLength(2);
  });

  describe("the declared access log", () => {
    const [api] = resourcesOf(loadGraph("production", projectRoot)).apis;
    const startWithAccessLog = async (respond: Parameters<typeof start>[0]) => {
      const lines: string[] = [];
      const accessLogFormat = api?.accessLogFormat as string;
      const gateway = await start(respond, {
        settings: { accessLogFormat },
        accessLog: (line) => lines.push(line),
      });
      return { gateway, lines };
    };

    it("contains the result of the function", async () => {
      const { gateway, lines } = await startWithAccessLog(() => ({ statusCode: 201, body: "hi" }));

      await send(`${gateway.url}/any`, { headers: { "user-agent": "agent/1" } });

      const [record] = gateway.records;
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        {
          requestTime: record?.time,
          requestId: record?.requestId,
          httpMethod: "GET",
          path: "/any",
          routeKey: "ANY /any",
          status: "201",
          responseLatency: String(record?.responseLatency),
          responseLength: "2",
          integrationRequestId: record?.integrationRequestId,
          integrationStatus: "201",
          integrationLatency: String(record?.integrationLatency),
          integrationServiceStatus: "200",
          error: "-",
          authorizerError: "-",
          integrationError: "-",
        },
      ]);
    });

    it("contains the reason for a 500 of the gateway", async () => {
      const { gateway, lines } = await startWithAccessLog(() => ({ statusCode: "many" }));

      await send(`${gateway.url}/any`);

      expect(JSON.parse(lines[0] as string)).toMatchObject({
        status: "500",
        error: "Internal Server Error",
        integrationError: gateway.records[0]?.integrationErrorMessage,
      });
      expect(gateway.records[0]?.integrationErrorMessage).toBeTruthy();
    });
  });

  it("writes a line to the access log for every request", async () => {
    const lines: string[] = [];
    const gateway = await start(() => ({ statusCode: 200, body: "hi" }), {
      settings: {
        accessLogFormat:
          '{"route":"$context.routeKey","status":$context.status,"length":$context.responseLength,"error":$context.error.messageString,"id":"$context.requestId"}',
      },
      accessLog: (line) => lines.push(line),
    });
    await send(`${gateway.url}/any`);
    await send(`${gateway.url}/nope`);
    const ids = gateway.records.map((record) => record.requestId);
    expect(lines).toEqual([
      `{"route":"ANY /any","status":200,"length":2,"error":"-","id":"${ids[0]}"}`,
      `{"route":"-","status":404,"length":23,"error":"Not Found","id":"${ids[1]}"}`,
    ]);
  });
});
