import http from "node:http";
import net from "node:net";
import { networkInterfaces } from "node:os";
import { startGateway } from "@petstore/offline/services/apigateway/gateway";
import { systemClock } from "@petstore/offline/util/clock";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect, gate, send, sendRaw, start } from "./harness.ts";

/** What `localhost` stands for on this machine. */
const loopbackAddresses = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses.map(({ address }) => address))
  .filter((address) => address === "127.0.0.1" || address === "::1");

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;

describe("the gateway", () => {
  describe("the response 400", () => {
    it.each([
      ["no HTTP at all", "hello\r\n\r\n"],
      ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
      ["an unknown version", "GET /any HTTP/9.9\r\nHost: a\r\n\r\n"],
      ["an unknown method", "PETS /any HTTP/1.1\r\nHost: a\r\n\r\n"],
      ["a space in the target", "GET /any x HTTP/1.1\r\nHost: a\r\n\r\n"],
      ["no Host", "GET /any HTTP/1.1\r\nConnection: close\r\n\r\n"],
      ["a broken header", "GET /any HTTP/1.1\r\nHost a\r\n\r\n"],
      ["a header name with a space", "GET /any HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n"],
      [
        "two lengths",
        "POST /pets HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
      ],
      [
        "a length and chunks",
        "POST /pets HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ],
      ["a negative length", "POST /pets HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"],
      [
        "a broken chunk",
        "POST /pets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      ],
      ["broken percent-encoding", get("/any%")],
      ["percent-encoding of no UTF-8", get("/any%ff")],
      ["broken percent-encoding in the query", get("/any?a=%zz")],
      ["a target in absolute form", get("http://a/any")],
      ["a target in asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"],
      ["a target without a slash", get("any")],
    ])("is sent for %s", async (_, bytes) => {
      const gateway = await start();
      expect(await sendRaw(gateway.url, bytes)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(gateway.invocations).toEqual([]);
      expect(await send(`${gateway.url}/any`)).toMatchObject({ status: 200 });
    });

    it("is sent for a broken request that follows a valid one on its connection", async () => {
      const gateway = await start();
      const { socket, ended } = connect(gateway.url);
      socket.write("GET /any HTTP/1.1\r\nHost: a\r\n\r\n");
      await new Promise((resolve) => socket.once("data", resolve));
      socket.write("nonsense\r\n\r\n");
      expect((await ended).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 400"]);
    });

    it("is not sent in place of the response to an earlier request", async () => {
      const gateway = await start(() => new Promise(() => {}));
      const bytes = "GET /any HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n";
      expect(await sendRaw(gateway.url, bytes)).toBe("");
    });
  });

  describe("a client that disconnects", () => {
    it("during its body causes no invocation", async () => {
      const gateway = await start();
      const { socket } = connect(gateway.url);
      socket.write("POST /pets HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfive.");
      socket.end();
      await new Promise((resolve) => socket.once("close", resolve));
      expect(await send(`${gateway.url}/any`)).toMatchObject({ status: 200 });
      expect(gateway.invocations.map(({ functionArn }) => functionArn)).toEqual([
        "arn of ANY /any",
      ]);
      expect(gateway.records).toHaveLength(1);
    });

    it("before the response is recorded with the result of the function", async () => {
      const called = gate();
      const finish = gate();
      const recorded = gate();
      const gateway = await start(
        async () => {
          called.open();
          await finish.opened;
          return { statusCode: 202, body: "for nobody" };
        },
        { onRequest: recorded.open },
      );
      const { socket } = connect(gateway.url);
      socket.write("GET /any HTTP/1.1\r\nHost: a\r\n\r\n");
      await called.opened;
      socket.resetAndDestroy();
      await new Promise((resolve) => socket.once("close", resolve));
      finish.open();
      await recorded.opened;
      expect(gateway.records).toMatchObject([{ status: 202 }]);
    });
  });

  it("serves other clients during a slow request", async () => {
    const gateway = await start(({ event }) => ({ statusCode: 200, body: event.body ?? "" }));
    const { socket, ended } = connect(gateway.url);
    const request =
      "POST /pets HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nslow";
    for (const byte of request) {
      await new Promise<void>((resolve) => socket.write(byte, () => resolve()));
      if (byte === "\n") await send(`${gateway.url}/any`);
    }
    expect(await ended).toMatch(/^HTTP\/1\.1 200 .*slow$/s);
  });

  it("reuses a connection", async () => {
    const gateway = await start();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ports = new Set<number | undefined>();
    agent.on("free", (socket: net.Socket) => ports.add(socket.localPort));
    for (const path of ["/any", "/none", "/any"]) await send(gateway.url + path, { agent });
    expect(ports.size).toBe(1);
  });

  it("responds to pipelined requests in order", async () => {
    const first = gate();
    const gateway = await start(async ({ event }) => {
      const id = event.pathParameters.id;
      if (id === "1") await first.opened;
      else first.open();
      return { statusCode: 200, body: `pet ${id}` };
    });
    const bytes = `GET /pets/1 HTTP/1.1\r\nHost: a\r\n\r\n${get("/pets/2")}`;
    expect((await sendRaw(gateway.url, bytes)).match(/pet \d/g)).toEqual(["pet 1", "pet 2"]);
  });

  describe("Expect: 100-continue", () => {
    const expecting = (path: string) =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n`;

    it("is answered with 100 Continue when the body is needed", async () => {
      const gateway = await start(({ event }) => ({ statusCode: 200, body: event.body }));
      const { socket, ended } = connect(gateway.url);
      socket.write(expecting("/pets"));
      const invitation = await new Promise((resolve) => socket.once("data", resolve));
      expect(invitation).toBe("HTTP/1.1 100 Continue\r\n\r\n");
      socket.end("body");
      expect(await ended).toMatch(/HTTP\/1\.1 200 .*body$/s);
      expect(gateway.invocations[0]?.event.headers).not.toHaveProperty("expect");
    });

    it("is answered with the error when the body is not needed", async () => {
      const gateway = await start();
      const answer = await sendRaw(gateway.url, expecting("/nope"));
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toMatch(/^connection: close\r$/im);
    });
  });

  describe("starting and closing", () => {
    it("listens only on the loopback interface", async (context) => {
      const outside = Object.values(networkInterfaces())
        .flat()
        .find((address) => address?.family === "IPv4" && !address.internal);
      if (!outside) return context.skip("this machine has only a loopback interface");
      const gateway = await start();
      const url = gateway.url.replace("localhost", outside.address);
      await expect(send(`${url}/any`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    });

    it("rejects connections after close", async () => {
      const gateway = await start();
      await send(`${gateway.url}/any`);
      await gateway.close();
      await expect(send(`${gateway.url}/any`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    });

    it("closes without waiting for functions or idle connections", async () => {
      const called = gate();
      const gateway = await start(() => {
        called.open();
        return new Promise(() => {});
      });
      const idle = connect(gateway.url);
      const waiting = expect(send(`${gateway.url}/any`)).rejects.toThrow();
      await called.opened;
      await gateway.close();
      await waiting;
      expect(await idle.ended).toBe("");
    });

    it.each(loopbackAddresses)(
      "responds to clients that resolve localhost only to %s",
      async (address) => {
        const gateway = await start();
        const { port } = new URL(gateway.url);
        const host = address.includes(":") ? `[${address}]` : address;

        expect(gateway.url).toBe(`http://localhost:${port}`);
        expect((await send(`http://${host}:${port}/any`)).status).toBe(200);
        await gateway.close();
        await expect(send(`http://${host}:${port}/any`)).rejects.toMatchObject({
          code: "ECONNREFUSED",
        });
      },
    );

    it.each(loopbackAddresses)("throws a UserError when the port is in use on %s", async (host) => {
      const other = net.createServer().listen(0, host);
      onTestFinished(() => void other.close());
      await new Promise((resolve) => other.once("listening", resolve));
      const { port } = other.address() as net.AddressInfo;
      const starting = start(undefined, { port });
      await expect(starting).rejects.toThrow(UserError);
      await expect(starting).rejects.toThrow(
        new RegExp(
          `^Port ${port}, for the API, is in use by (another program|process ${process.pid} .*): choose another --port\\.$`,
        ),
      );
    });

    it("throws a UserError for a route that is not supported", async () => {
      const starting = startGateway({
        api: {
          name: "Api",
          apiId: "abc123",
          endpoint: "https://abc123.execute-api.us-east-1.amazonaws.com",
          authorizers: [],
          routes: [{ key: "GET /old", functionArn: "arn", payloadFormatVersion: "1.0" }],
        },
        port: 0,
        accountId: "123456789012",
        invoke: () => expect.unreachable(),
        clock: systemClock,
      });
      await expect(starting).rejects.toThrow(/"GET \/old"/);
      await expect(starting).rejects.toThrow(UserError);
    });
  });
});
