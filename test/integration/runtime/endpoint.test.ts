import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { Credentials } from "@petstore/offline/runtime/endpoint/credentials";
import type { AwsCall } from "@petstore/offline/runtime/history/records";
import { createDynamoDbApi } from "@petstore/offline/services/dynamodb/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startEndpointWith } from "./harness.ts";

const getItem = () => new GetItemCommand({ TableName: "pets", Key: { id: { S: "1" } } });

/** Starts an emulator with a request listener. Without one, returns a URL that refuses connections. */
async function startEmulator(listener?: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  if (listener) onTestFinished(() => server.closeAllConnections());
  else server.close();
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${port}`;
}

/** Starts an endpoint with DynamoDB's API in front of an emulator. */
async function startDynamoDbEndpoint(listener?: RequestListener) {
  const calls: AwsCall[] = [];
  const lines: string[] = [];
  const endpoint = await startEndpointWith([createDynamoDbApi(await startEmulator(listener), [])], {
    callers: ["GetPet", "CreatePet"],
    onCall: (call) => calls.push(call),
    log: (line) => lines.push(line),
  });
  onTestFinished(() => endpoint.close());
  return { ...endpoint, calls, lines };
}

function createClient(url: string, credentials: Credentials, maxAttempts = 1) {
  return new DynamoDBClient({ endpoint: url, region: "eu-central-1", credentials, maxAttempts });
}

function formatAuthorization(accessKeyId: string, service: string) {
  const scope = `${accessKeyId}/20261121/eu-central-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
}

describe("the endpoint", () => {
  it("forwards requests and responses unchanged", async () => {
    const seen = vi.fn();
    const endpoint = await startDynamoDbEndpoint(async (request, response) => {
      seen(request.method, request.url, request.headers, await text(request));
      response
        .writeHead(400, { "x-amzn-requestid": "id-1", "x-amz-crc32": "7", "X-Twice": ["a", "b"] })
        .end("réponse");
    });
    const { accessKeyId } = endpoint.credentials("GetPet");
    const headers = {
      authorization: formatAuthorization(accessKeyId, "dynamodb"),
      "x-amz-target": "DynamoDB_20120810.Query",
      "x-amzn-trace-id": "Root=1-2-3",
    };
    const response = await fetch(`${endpoint.url}/path?x=%20`, {
      method: "POST",
      headers,
      body: "ü{",
    });

    expect(await response.text()).toBe("réponse");
    expect(response.status).toBe(400);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-amzn-requestid": "id-1",
      "x-amz-crc32": "7",
      "x-twice": "a, b",
    });
    expect(seen).toHaveBeenCalledExactlyOnceWith(
      "POST",
      "/path?x=%20",
      expect.objectContaining(headers),
      "ü{",
    );
  });

  it("records a call with its caller, operation and table", async () => {
    const endpoint = await startDynamoDbEndpoint((_, response) => response.end("{}"));
    for (const name of ["GetPet", "CreatePet"]) {
      await createClient(endpoint.url, endpoint.credentials(name)).send(getItem());
    }
    const call = { service: "dynamodb", operation: "GetItem", resource: "pets", status: 200 };
    expect(endpoint.calls).toEqual([
      { ...call, functionName: "GetPet", ms: expect.any(Number) },
      { ...call, functionName: "CreatePet", ms: expect.any(Number) },
    ]);
  });

  it("reuses connections to the emulator", async () => {
    const sockets = new Set();
    const endpoint = await startDynamoDbEndpoint((request, response) => {
      sockets.add(request.socket);
      response.end("{}");
    });
    const dynamo = createClient(endpoint.url, endpoint.credentials("GetPet"));
    for (let i = 0; i < 5; i++) await dynamo.send(getItem());
    expect(sockets.size).toBe(1);
  });

  it("rejects an unknown access key as AWS does", async () => {
    const emulator = vi.fn();
    const endpoint = await startDynamoDbEndpoint(emulator);
    const unknownCaller = createClient(endpoint.url, {
      accessKeyId: "AKIANOBODY",
      secretAccessKey: "x",
    });
    await expect(unknownCaller.send(getItem())).rejects.toMatchObject({
      name: "UnrecognizedClientException",
      $metadata: { httpStatusCode: 400 },
    });
    expect(emulator).not.toHaveBeenCalled();
  });

  it("rejects an unsigned request as AWS does", async () => {
    const endpoint = await startDynamoDbEndpoint();
    const response = await fetch(endpoint.url, {
      method: "POST",
      headers: { "x-amz-target": "DynamoDB_20120810.GetItem" },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      __type: expect.stringMatching(/#MissingAuthenticationTokenException$/),
    });
  });

  it.each([
    ["JSON", { "x-amz-target": "AmazonSSM.GetParameter" }, /"__type":".*#NotImplemented"/],
    ["query", { "content-type": "application/x-www-form-urlencoded" }, /<Code>NotImplemented</],
    ["REST", {}, /"message":"GetPet calls other, which is not supported offline"/],
  ])(
    "responds with an error in the %s protocol for an unsupported service",
    async (_, headers, body) => {
      const endpoint = await startDynamoDbEndpoint();
      const { accessKeyId } = endpoint.credentials("GetPet");
      const call = () =>
        fetch(endpoint.url, {
          method: "POST",
          headers: { ...headers, authorization: formatAuthorization(accessKeyId, "other") },
        });
      const response = await call();
      await call();
      expect(response.status).toBe(501);
      expect(await response.text()).toMatch(body);
      expect(endpoint.lines).toEqual(["GetPet calls other, which is not supported offline"]);
    },
  );

  it("responds with an internal error, which SDKs retry, if the emulator is down", async () => {
    const endpoint = await startDynamoDbEndpoint();
    const dynamo = createClient(endpoint.url, endpoint.credentials("GetPet"), 2);
    await expect(dynamo.send(getItem())).rejects.toMatchObject({
      name: "InternalServerError",
      $metadata: { httpStatusCode: 500, attempts: 2 },
    });
    expect(endpoint.calls).toMatchObject([{ status: 500 }, { status: 500 }]);
    expect(endpoint.lines).toContainEqual(expect.stringContaining("ECONNREFUSED"));
  });

  it("responds with an internal error if the emulator aborts its response", async () => {
    const endpoint = await startDynamoDbEndpoint((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{", () => response.destroy());
    });
    const dynamo = createClient(endpoint.url, endpoint.credentials("GetPet"));
    await expect(dynamo.send(getItem())).rejects.toMatchObject({ name: "InternalServerError" });
  });

  it("serves other requests after a caller has disconnected", async () => {
    const endpoint = await startDynamoDbEndpoint((_, response) => response.end("{}"));
    const { hostname, port } = new URL(endpoint.url);
    const caller = connect(Number(port), hostname);
    caller.end("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{");
    await once(caller.resume(), "close");
    await createClient(endpoint.url, endpoint.credentials("GetPet")).send(getItem());
  });

  it("closes open connections", async () => {
    const endpoint = await startEndpointWith([]);
    const { hostname, port } = new URL(endpoint.url);
    const idle = connect(Number(port), hostname);
    await once(idle, "connect");
    const ended = once(idle.resume(), "close");
    await endpoint.close();
    await ended;
    await expect(fetch(endpoint.url)).rejects.toThrow();
  });
});
