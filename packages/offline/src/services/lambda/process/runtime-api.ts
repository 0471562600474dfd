import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import type { Invocation } from "../../../runtime/invocation.ts";
import { parseJson, readLimitedBody } from "../../../util/body.ts";
import { type Failure, MAX_RESPONSE_BYTES } from "../failure.ts";

/**
 * The Lambda Runtime API, from which function processes fetch events and to which they send results.
 * All processes share one loopback server and differ in a path prefix.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export interface RuntimeApi {
  /** Accepts the calls of one process. */
  connect(id: string, handlers: RuntimeHandlers): Connection;
  close(): Promise<void>;
}

/** Handles the calls of one process. */
export interface RuntimeHandlers {
  /** The process requests an event: it is initialized, and has completed the previous event. */
  onNext(): void;
  /** `residentBytes` is the process's memory at that moment, if reported. */
  onResponse(requestId: string, payload: string, residentBytes?: number): void;
  /** The response is larger than Lambda allows. */
  onOversize(requestId: string): void;
  onError(requestId: string, failure: Failure, residentBytes?: number): void;
  /** `detail` is the complete report with the stack trace, JSON on one line. */
  onInitError(failure: Failure, detail: string): void;
}

/** The connection of one process. */
export interface Connection {
  /** The value of `AWS_LAMBDA_RUNTIME_API` for the process. */
  endpoint: string;
  /**
   * Responds to the process's pending request for an event.
   *
   * @param deadline milliseconds since the epoch
   */
  sendEvent(invocation: Invocation, functionArn: string, deadline: number): void;
  close(): void;
}

/** Not part of the real API: the bootstrap reports its memory, which saves reading `/proc`. */
const RESIDENT_BYTES_HEADER = "x-resident-bytes";

interface Client {
  handlers: RuntimeHandlers;
  /** The pending response to a request for an event. */
  next?: ServerResponse | undefined;
}

/** Starts the Runtime API on a free loopback port. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const clients = new Map<string, Client>();

  const server = createServer(
    // Processes may be idle for minutes between two requests.
    { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, noDelay: true },
    (request, response) => {
      // /<id>/2018-06-01/runtime/(init/error | invocation/next | invocation/<id>/response | …)
      const [, id = "", , , scope, subject, verb] = (request.url ?? "").split("/");
      response.sendDate = false;
      const client = clients.get(id);
      if (!client) respond(response, 403, "InvalidInstance");
      else if (subject === "next") {
        client.next = response;
        client.handlers.onNext();
      } else if (scope === "init" && subject === "error")
        receiveInitError(client, request, response);
      else if (verb === "response") receiveResponse(client, subject ?? "", request, response);
      else if (verb === "error") receiveError(client, subject ?? "", request, response);
      else respond(response, 404, "InvalidRequest");
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    connect(id, handlers) {
      const client: Client = { handlers };
      clients.set(id, client);
      return {
        endpoint: `127.0.0.1:${port}/${id}`,
        sendEvent(invocation, functionArn, deadline) {
          const response = client.next;
          client.next = undefined;
          response?.writeHead(200, [
            "Content-Type",
            "application/json",
            "Content-Length",
            String(Buffer.byteLength(invocation.payload)),
            "Lambda-Runtime-Aws-Request-Id",
            invocation.requestId,
            "Lambda-Runtime-Deadline-Ms",
            String(deadline),
            "Lambda-Runtime-Invoked-Function-Arn",
            functionArn,
            "Lambda-Runtime-Trace-Id",
            invocation.trace.header,
          ]);
          response?.end(invocation.payload);
        },
        close: () => void clients.delete(id),
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function receiveResponse(
  client: Client,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  void readResult(request, (body) => {
    if (body === undefined) {
      respond(response, 413, "RequestEntityTooLarge");
      client.handlers.onOversize(id);
    } else {
      respond(response, 202);
      client.handlers.onResponse(id, body, readResidentBytes(request));
    }
  });
}

function receiveError(
  client: Client,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  void readResult(request, (body) => {
    respond(response, 202);
    client.handlers.onError(id, parseFailure(body), readResidentBytes(request));
  });
}

function receiveInitError(client: Client, request: IncomingMessage, response: ServerResponse) {
  void readResult(request, (body) => {
    respond(response, 202);
    client.handlers.onInitError(parseFailure(body), body ?? "");
  });
}

function readResidentBytes(request: IncomingMessage): number | undefined {
  const value = request.headers[RESIDENT_BYTES_HEADER];
  return value === undefined ? undefined : Number(value);
}

/** Calls back with the body, or with undefined when it is longer than Lambda allows. */
async function readResult(
  request: IncomingMessage,
  onResult: (body: string | undefined) => void,
): Promise<void> {
  const read = await readLimitedBody(request, MAX_RESPONSE_BYTES);
  if (read.kind === "complete") onResult(read.body.toString());
  // The process of an aborted request has ended, which is reported by its exit.
  else if (read.kind === "too large") onResult(undefined);
}

/** Custom code may send anything as its error, or nothing. */
const ErrorRequest = z.object({
  errorType: z.string().catch("Runtime.Unknown"),
  errorMessage: z.string().catch("The runtime gave no reason"),
});

function parseFailure(body: string | undefined): Failure {
  return ErrorRequest.catch(ErrorRequest.parse({})).parse(parseJson(body ?? ""));
}

const EMPTY = ["Content-Length", "0"];

function respond(response: ServerResponse, status: number, errorType?: string) {
  if (!errorType) return void response.writeHead(status, EMPTY).end();
  const body = JSON.stringify({ errorType });
  response.writeHead(status, ["Content-Length", String(body.length)]).end(body);
}
