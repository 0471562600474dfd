import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import {
  connect,
  type HttpResponse,
  type Upstream,
} from "@petstore/offline/runtime/endpoint/forward";
import { jsonResponse } from "@petstore/offline/runtime/endpoint/response";
import { readBody } from "@petstore/offline/util/body";

/** A request to a service that a proxy received. */
export interface Passing {
  /** Access key of the caller. */
  accessKeyId: string | undefined;
  /** For example `PutItem`; empty in REST protocols. */
  operation: string;
  /** The same for all attempts of the SDK at one call. */
  call: string | undefined;
  /** Whether this is the SDK's last attempt. */
  isLastAttempt: boolean;
  body: string;
  /** Returns whether the caller has gone. */
  isGone: () => boolean;
  /** Forwards the request, and returns the response. */
  pass: () => Promise<HttpResponse>;
}

/**
 * Starts a server that forwards requests to another one, as a test decides.
 *
 * @param target base URL of the other one, asked for with every request
 * @param handle answers a request; `({ pass }) => pass()` changes nothing
 */
export async function startProxy(
  target: () => string,
  handle: (passing: Passing) => Promise<HttpResponse>,
) {
  const upstreams = new Map<string, Upstream>();
  const forward = (request: IncomingMessage, body: Buffer) => {
    const url = target();
    const upstream = upstreams.get(url) ?? connect(url);
    upstreams.set(url, upstream);
    return upstream.forward(request, body);
  };
  const server = createServer(async (request, response) => {
    try {
      const body = await readBody(request);
      const {
        status,
        headers,
        body: content,
      } = await handle({
        accessKeyId: /Credential=([^/]+)/.exec(request.headers.authorization ?? "")?.[1],
        operation: String(request.headers["x-amz-target"] ?? "").replace(/^.*\./, ""),
        call: request.headers["amz-sdk-invocation-id"] as string | undefined,
        isLastAttempt: isLast(String(request.headers["amz-sdk-request"])),
        body: body.toString(),
        isGone: () => response.destroyed,
        pass: () => forward(request, body),
      });
      response.writeHead(status, headers).end(content);
    } catch {
      response.destroy();
    }
  });
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      for (const upstream of upstreams.values()) upstream.close();
      await once(server, "close");
    },
  };
}

/** Parses `attempt=1; max=3`. */
function isLast(attempts: string): boolean {
  const [attempt, max] = attempts.match(/\d+/g) ?? [];
  return attempt === max;
}

/** Returns an error response of the AWS JSON protocols. */
export const refusal = (code: string, message: string): HttpResponse =>
  jsonResponse(400, JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message }), [
    ...["x-amzn-errortype", code],
  ]);
