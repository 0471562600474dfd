import http from "node:http";
import net from "node:net";
import {
  type Gateway,
  type GatewayOptions,
  startGateway,
} from "@petstore/offline/services/apigateway/gateway";
import type { RequestRecord } from "@petstore/offline/services/apigateway/request-record";
import type { HttpApi } from "@petstore/offline/services/apigateway/resources";
import { onTestFinished } from "vitest";
import type { Invoke, InvokeResult } from "../../../packages/offline/src/runtime/invocation.ts";

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

/** What the function answers: a result as it is, anything else as the JSON of a response. */
export type Function = (invocation: Invocation) => unknown;

export interface HarnessOptions extends Partial<GatewayOptions> {
  routes?: string[];
  settings?: Partial<HttpApi>;
}

/** Starts a gateway before one function, and closes it when the test has finished. */
export async function start(
  answer: Function = () => ({ statusCode: 200 }),
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
      const answered = await answer(invocation);
      return isResult(answered)
        ? answered
        : { kind: "response", payload: JSON.stringify(answered) };
    },
    onRequest: (record) => {
      records.push(record);
      onRequest?.(record);
    },
    ...options,
  });
  onTestFinished(() => gateway.close());
  return { ...gateway, invocations, records };
}

function isResult(answer: unknown): answer is InvokeResult {
  return typeof answer === "object" && answer !== null && "kind" in answer;
}

export interface Response {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface SendOptions extends http.RequestOptions {
  body?: string | Buffer;
}

/** One request over a connection of its own, unless an agent is given. */
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

/** A raw connection: what the server sends until it ends. */
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

/** Sends bytes as they are, and resolves to all that comes back until the server hangs up. */
export function sendRaw(url: string, bytes: string): Promise<string> {
  const { socket, ended } = connect(url);
  socket.write(bytes, "latin1");
  return ended;
}

/** A promise to be settled from outside, for functions that answer when the test says so. */
export function gate(): { open: () => void; opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}
