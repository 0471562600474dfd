import http from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { collect, connect, send, sendRaw, start } from "./harness.ts";

const MB = 1024 * 1024;
const TOO_LARGE = { status: 413, body: '{"message":"Request Entity Too Large"}' };
const text = { "content-type": "text/plain" };

describe("the gateway", () => {
  it("accepts a body under 6 MB", async () => {
    const gateway = await start(({ event }) => ({ statusCode: 200, body: `${event.body.length}` }));
    const body = "x".repeat(5 * MB);
    const response = await send(`${gateway.url}/pets`, { method: "POST", headers: text, body });
    expect(response).toMatchObject({ status: 200, body: String(5 * MB) });
  });

  it.each([
    ["text of 6 MB plus the event", "x".repeat(6 * MB), text],
    ["5 MB, which are 6.7 MB in base64", Buffer.alloc(5 * MB), {}],
    ["2.5 MB of text, which are 7.5 MB in UTF-8", "€".repeat(2.5 * MB), text],
  ])("returns 413 for an event over 6 MB: %s", async (_, body, headers) => {
    const gateway = await start();
    const response = await send(`${gateway.url}/pets`, { method: "POST", headers, body });
    expect(response).toMatchObject(TOO_LARGE);
    expect(gateway.invocations).toEqual([]);
    expect(gateway.records).toMatchObject([{ status: 413, routeKey: "POST /pets" }]);
  });

  it("returns 413 before the body when its Content-Length exceeds 10 MB", async () => {
    const gateway = await start();
    const { socket, ended } = connect(gateway.url);
    socket.write(`POST /pets HTTP/1.1\r\nHost: a\r\nContent-Length: ${10 * MB + 1}\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    socket.end();
    expect(await ended).toMatch(/^HTTP\/1\.1 413 .*\{"message":"Request Entity Too Large"\}$/s);
  });

  it("returns 413 during a body that exceeds 10 MB", async () => {
    const gateway = await start();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const request = http.request(`${gateway.url}/pets`, { method: "POST", agent });
    const responding = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.on("response", resolve).on("error", reject);
    });
    const chunk = Buffer.alloc(MB);
    for (let sent = 0; sent < 11; sent++) request.write(chunk);
    const response = await collect(await responding);
    expect(response).toMatchObject(TOO_LARGE);

    // The rest of the body is discarded, and the connection remains usable.
    request.end(chunk);
    expect(await send(`${gateway.url}/any`, { agent })).toMatchObject({ status: 200 });
    expect(gateway.invocations).toHaveLength(1);
  });

  /** Returns a request whose request line and header values have `size` bytes. */
  function requestOf(size: number) {
    const line = "GET /any HTTP/1.1";
    const values = ["a", "close"];
    const rest = size - line.length - values.join("").length;
    return `${line}\r\nHost: a\r\nConnection: close\r\nX: ${"x".repeat(rest)}\r\n\r\n`;
  }

  it.each([
    [10_240, 200],
    [10_241, 431],
    [20_000, 431],
  ])("limits request line and header values: %i bytes get %i", async (size, status) => {
    const gateway = await start();
    const response = await sendRaw(gateway.url, requestOf(size));
    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 431)
      expect(response).toMatch(/\{"message":"Request Header Fields Too Large"\}$/);
  });

  it("includes the request target in the limit", async () => {
    const gateway = await start();
    const response = await send(`${gateway.url}/any?${"x".repeat(10_240)}`);
    expect(response.status).toBe(431);
  });
});
