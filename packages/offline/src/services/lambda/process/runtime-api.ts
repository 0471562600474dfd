import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import type { Invocation } from "../../../runtime/invocation.ts";
import { type Failure, MAX_RESPONSE_BYTES } from "../failure.ts";

/**
 * The Lambda Runtime API, over which function processes fetch events and hand in results.
 * All processes share one loopback server; a path prefix tells them apart.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export interface RuntimeApi {
  /** Opens the door for one process. */
  attach(id: string, runtime: Runtime): Attachment;
  close(): Promise<void>;
}

/** What is done with the calls of one process. */
export interface Runtime {
  /** The process wants an event: it is initialised, and through with the event before. */
  onNext(): void;
  /** `residentBytes`: the process's memory at that moment, when it says so. */
  onResponse(requestId: string, payload: string, residentBytes?: number): void;
  /** The response is larger than Lambda allows. */
  onOversize(requestId: string): void;
  onError(requestId: string, failure: Failure, residentBytes?: number): void;
  /** `detail`: the whole report, with the stack trace, as JSON on one line. */
  onInitError(failure: Failure, detail: string): void;
}

export interface Attachment {
  /** The value of `AWS_LAMBDA_RUNTIME_API` for the process. */
  endpoint: string;
  /** Answers the process's pending request for an event. */
  send(invocation: Invocation, functionArn: string, deadline: number): void;
  detach(): void;
}

/** Not of the real API: our bootstrap tells its memory along, so that nobody needs to look. */
const RESIDENT_BYTES_HEADER = "x-resident-bytes";

interface Door {
  runtime: Runtime;
  next?: ServerResponse | undefined;
}

export async function serveRuntimeApi(): Promise<RuntimeApi> {
  const doors = new Map<string, Door>();

  const server = createServer(
    // Processes are idle for minutes between two requests, on purpose.
    { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, noDelay: true },
    (request, response) => {
      // /<id>/2018-06-01/runtime/(init/error | invocation/next | invocation/<id>/response | …)
      const [, id = "", , , scope, subject, verb] = (request.url ?? "").split("/");
      response.sendDate = false;
      const door = doors.get(id);
      if (!door) answer(response, 403, "InvalidInstance");
      else if (subject === "next") {
        door.next = response;
        door.runtime.onNext();
      } else if (scope === "init" && subject === "error") takeInitError(door, request, response);
      else if (verb === "response") takeResponse(door, subject ?? "", request, response);
      else if (verb === "error") takeError(door, subject ?? "", request, response);
      else answer(response, 404, "InvalidRequest");
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    attach(id, runtime) {
      const door: Door = { runtime };
      doors.set(id, door);
      return {
        endpoint: `127.0.0.1:${port}/${id}`,
        send(invocation, functionArn, deadline) {
          const response = door.next;
          door.next = undefined;
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
        detach: () => void doors.delete(id),
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function takeResponse(door: Door, id: string, request: IncomingMessage, response: ServerResponse) {
  readBody(request, (body) => {
    if (body === undefined) {
      answer(response, 413, "RequestEntityTooLarge");
      door.runtime.onOversize(id);
    } else {
      answer(response, 202);
      door.runtime.onResponse(id, body, residentBytes(request));
    }
  });
}

function takeError(door: Door, id: string, request: IncomingMessage, response: ServerResponse) {
  readBody(request, (body) => {
    answer(response, 202);
    door.runtime.onError(id, parseFailure(body), residentBytes(request));
  });
}

function takeInitError(door: Door, request: IncomingMessage, response: ServerResponse) {
  readBody(request, (body) => {
    answer(response, 202);
    door.runtime.onInitError(parseFailure(body), body ?? "");
  });
}

function residentBytes(request: IncomingMessage): number | undefined {
  const value = request.headers[RESIDENT_BYTES_HEADER];
  return value === undefined ? undefined : Number(value);
}

/** Calls back with the body, or with nothing when it is longer than Lambda allows. */
function readBody(request: IncomingMessage, done: (body: string | undefined) => void) {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_RESPONSE_BYTES) chunks.push(chunk);
  });
  request.on("end", () => {
    done(length <= MAX_RESPONSE_BYTES ? Buffer.concat(chunks).toString() : undefined);
  });
}

/** A process may send anything as its error, even nothing. */
const ErrorRequest = z.object({
  errorType: z.string().catch("Runtime.Unknown"),
  errorMessage: z.string().catch("The runtime gave no reason"),
});

function parseFailure(body: string | undefined): Failure {
  return ErrorRequest.catch(ErrorRequest.parse({})).parse(parseJson(body));
}

function parseJson(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? "");
  } catch {
    return undefined;
  }
}

const EMPTY = ["Content-Length", "0"];

function answer(response: ServerResponse, status: number, errorType?: string) {
  if (!errorType) return void response.writeHead(status, EMPTY).end();
  const body = JSON.stringify({ errorType });
  response.writeHead(status, ["Content-Length", String(body.length)]).end(body);
}
