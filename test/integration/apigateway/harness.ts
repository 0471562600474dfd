import http from "node:http";
import net from "node:net";
import type { Invoke, InvokeResult } from "@petstore/offline/runtime/invocation";
import {
  type Gateway,
  type GatewayOptions,
  startGateway,
} from "@petstore/offline/services/apigateway/gateway";
import type { RequestRecord } from "@petstore/offline/services/apigateway/request-record";
import type { HttpApi } from "@petstore/offline/services/apigateway/resources";
import { systemClock } from "@petstore/offline/util/clock";
import { onTestFinished } from "vitest";

export const PETS = ["GET /pets/{id}", "POST /pets", "ANY /any", "HEAD /head"];

export interface Invocation {
  functionArn: string;
  event: ReturnType<typeof JSON.parse>;
  options: Parameters<Invoke>[2];
}

export interface Harness extends Gateway {
  invocations: Invocation[];
  records: RequestRecord[];
}

/** Returns the function's result: an `InvokeResult`, or a response to serialize. */
export type Function = (invocation: Invocation) => unknown;

export interface HarnessOptions extends Partial<GatewayOptions> {
  routes?: string[];
  settings?: Partial<HttpApi>;
}

/** Starts a gateway with one function, and closes it at the end of the test. */
export async function start(
  respond: Function = () => ({ statusCode: 200 }),
  { routes = PETS, settings, onRequest, ...options }: HarnessOptions = {},
): Promise<Harness> {
  const invocations: Invocation[] = [];
  const records: RequestRecord[] = [];
  const gateway = await startGateway({
    api: {
      name: "Api",
      apiId: "abc123",
      endpoint: "https://abc123.execute-api.us-east-1.amazonaws.com",
      authorizers: [],
      routes: routes.map((key) => ({
        key,
        functionArn: `arn of ${key}`,
        payloadFormatVersion: "2.0",
      })),
      ...settings,
    },
    port: 0,
    accountId: "123456789012",
    invoke: async (functionArn, payload, invokeOptions) => {
      const invocation = { functionArn, event: JSON.parse(payload), options: invokeOptions };
      invocations.push(invocation);
      const result = await respond(invocation);
      return isResult(result) ? result : { kind: "response", payload: JSON.stringify(result) };
    },
    onRequest: (record) => {
      records.push(record);
      onRequest?.(record);
    },
    clock: systemClock,
    ...options,
  });
  onTestFinished(() => gateway.close());
  return { ...gateway, invocations, records };
}

function isResult(result: unknown): result is InvokeResult {
  return typeof result === "object" && result !== null && "kind" in result;
}

export interface Response {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface SendOptions extends http.RequestOptions {
  body?: string | Buffer;
}

/** Sends a request, over a separate connection unless an agent is given. */
export function send(url: string, { body, ...options }: SendOptions = {}): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...options });
    request.on("error", reject);
    request.on("response", (response) => resolve(collect(response)));
    request.end(body);
  });
}

export async function collect(response: http.IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  return { status: response.statusCode, headers: response.headers, body };
}

/** Opens a connection. `ended` resolves with everything that the server has sent. */
export function connect(url: string): { socket: net.Socket; ended: Promise<string> } {
  const socket = net.connect({ port: Number(new URL(url).port), host: "127.0.0.1" });
  onTestFinished(() => void socket.destroy());
  let received = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
  });
  const ended = new Promise<string>((resolve) => {
    socket.on("error", () => {}).on("close", () => resolve(received));
  });
  return { socket, ended };
}

/** Sends bytes, and resolves with everything that the server sends until it closes the connection. */
export function sendRaw(url: string, bytes: string): Promise<string> {
  const { socket, ended } = connect(url);
  socket.write(bytes, "latin1");
  return ended;
}

/** Creates a promise that the test resolves, for functions that wait for it. */
export function gate(): { open: () => void; opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}
