import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { Credentials } from "@petstore/offline/runtime/endpoint/credentials";
import type { AwsCall } from "@petstore/offline/runtime/history/records";
import { dynamodb } from "@petstore/offline/services/dynamodb/api";
import { expect, it, onTestFinished, vi } from "vitest";
import { startEndpointWith } from "./harness.ts";

const getItem = () => new GetItemCommand({ TableName: "pets", Key: { id: { S: "1" } } });

/** An emulator that answers as told; without a listener, an address where none is. */
async function emulator(listener?: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  if (listener) onTestFinished(() => server.closeAllConnections());
  else server.close();
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${port}`;
}

async function endpointBefore(listener?: RequestListener) {
  const calls: AwsCall[] = [];
  const lines: string[] = [];
  const endpoint = await startEndpointWith([dynamodb(await emulator(listener), [])], {
    callers: ["GetPet", "CreatePet"],
    onCall: (call) => calls.push(call),
    log: (line) => lines.push(line),
  });
  onTestFinished(() => endpoint.close());
  return { ...endpoint, calls, lines };
}

function client(url: string, credentials: Credentials, maxAttempts = 1) {
  return new DynamoDBClient({ endpoint: url, region: "eu-central-1", credentials, maxAttempts });
}

function signed(accessKeyId: string, service: string) {
  const scope = `${accessKeyId}/20261121/eu-central-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
}

it("a request passes through as it is, and so does the answer", async () => {
  const seen = vi.fn();
  const endpoint = await endpointBefore(async (request, response) => {
    seen(request.method, request.url, request.headers, await text(request));
    response
      .writeHead(400, { "x-amzn-requestid": "id-1", "x-amz-crc32": "7", "X-Twice": ["a", "b"] })
      .end("réponse");
  });
  const { accessKeyId } = endpoint.credentials("GetPet");
  const headers = {
    authorization: signed(accessKeyId, "dynamodb"),
    "x-amz-target": "DynamoDB_20120810.Query",
    "x-amzn-trace-id": "Root=1-2-3",
  };
  const answer = await fetch(`${endpoint.url}/path?x=%20`, { method: "POST", headers, body: "ü{" });

  expect(await answer.text()).toBe("réponse");
  expect(answer.status).toBe(400);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
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

it("a call is recorded with its caller, operation and table", async () => {
  const endpoint = await endpointBefore((_, response) => response.end("{}"));
  for (const name of ["GetPet", "CreatePet"]) {
    await client(endpoint.url, endpoint.credentials(name)).send(getItem());
  }
  const call = { service: "dynamodb", operation: "GetItem", resource: "pets", status: 200 };
  expect(endpoint.calls).toEqual([
    { ...call, functionName: "GetPet", ms: expect.any(Number) },
    { ...call, functionName: "CreatePet", ms: expect.any(Number) },
  ]);
});

it("connections to the emulator are used again", async () => {
  const sockets = new Set();
  const endpoint = await endpointBefore((request, response) => {
    sockets.add(request.socket);
    response.end("{}");
  });
  const dynamo = client(endpoint.url, endpoint.credentials("GetPet"));
  for (let i = 0; i < 5; i++) await dynamo.send(getItem());
  expect(sockets.size).toBe(1);
});

it("an unknown access key is refused as AWS does", async () => {
  const emulator = vi.fn();
  const endpoint = await endpointBefore(emulator);
  const stranger = client(endpoint.url, { accessKeyId: "AKIANOBODY", secretAccessKey: "x" });
  await expect(stranger.send(getItem())).rejects.toMatchObject({
    name: "UnrecognizedClientException",
    $metadata: { httpStatusCode: 400 },
  });
  expect(emulator).not.toHaveBeenCalled();
});

it("an unsigned request is refused as AWS does", async () => {
  const endpoint = await endpointBefore();
  const answer = await fetch(endpoint.url, {
    method: "POST",
    headers: { "x-amz-target": "DynamoDB_20120810.GetItem" },
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    __type: expect.stringMatching(/#MissingAuthenticationTokenException$/),
  });
});

it.each([
  ["JSON", { "x-amz-target": "AmazonSSM.GetParameter" }, /"__type":".*#NotImplemented"/],
  ["query", { "content-type": "application/x-www-form-urlencoded" }, /<Code>NotImplemented</],
  ["REST", {}, /"message":"GetPet calls other, which is not supported offline"/],
])("a service that is not hosted answers an error in the %s protocol", async (_, headers, body) => {
  const endpoint = await endpointBefore();
  const { accessKeyId } = endpoint.credentials("GetPet");
  const call = () =>
    fetch(endpoint.url, {
      method: "POST",
      headers: { ...headers, authorization: signed(accessKeyId, "other") },
    });
  const answer = await call();
  await call();
  expect(answer.status).toBe(501);
  expect(await answer.text()).toMatch(body);
  expect(endpoint.lines).toEqual(["GetPet calls other, which is not supported offline"]);
});

it("an emulator that is down is an internal error, which SDKs retry", async () => {
  const endpoint = await endpointBefore();
  const dynamo = client(endpoint.url, endpoint.credentials("GetPet"), 2);
  await expect(dynamo.send(getItem())).rejects.toMatchObject({
    name: "InternalServerError",
    $metadata: { httpStatusCode: 500, attempts: 2 },
  });
  expect(endpoint.calls).toMatchObject([{ status: 500 }, { status: 500 }]);
  expect(endpoint.lines).toContainEqual(expect.stringContaining("ECONNREFUSED"));
});

it("an emulator that breaks off its answer is an internal error", async () => {
  const endpoint = await endpointBefore((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => response.destroy());
  });
  const dynamo = client(endpoint.url, endpoint.credentials("GetPet"));
  await expect(dynamo.send(getItem())).rejects.toMatchObject({ name: "InternalServerError" });
});

it("a caller that goes away harms nobody", async () => {
  const endpoint = await endpointBefore((_, response) => response.end("{}"));
  const { hostname, port } = new URL(endpoint.url);
  const caller = connect(Number(port), hostname);
  caller.end("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{");
  await once(caller.resume(), "close");
  await client(endpoint.url, endpoint.credentials("GetPet")).send(getItem());
});

it("close ends open connections", async () => {
  const endpoint = await startEndpointWith([]);
  const { hostname, port } = new URL(endpoint.url);
  const idle = connect(Number(port), hostname);
  await once(idle, "connect");
  const ended = once(idle.resume(), "close");
  await endpoint.close();
  await ended;
  await expect(fetch(endpoint.url)).rejects.toThrow();
});
