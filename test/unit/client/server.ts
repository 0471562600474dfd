import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { type ClientOptions, createClient } from "@petstore/client/client";
import { onTestFinished } from "vitest";

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}
export interface Seen {
  method: string;
  url: URL;
  headers: IncomingMessage["headers"];
  body: unknown;
}

/** Creates a client of a server with given responses, and the list of the server's requests. */
export async function clientOf(
  answer: (request: Seen, count: number) => Reply,
  options: Partial<ClientOptions> = {},
) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const one: Seen = {
      method: request.method as string,
      url: new URL(request.url as string, "http://localhost"),
      headers: request.headers,
      body: request.headers["content-type"] ? await json(request) : undefined,
    };
    seen.push(one);
    const { status, headers = {}, body } = answer(one, seen.length);
    if (status === 0) return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: createClient({ baseUrl, ...options }), seen };
}
