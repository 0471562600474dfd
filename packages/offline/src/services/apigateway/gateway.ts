import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import type { Invoke } from "../../runtime/invocation.ts";
import type { Clock } from "../../util/clock.ts";
import { close, listen } from "../../util/listen.ts";
import { compileAccessLog } from "./access-log.ts";
import { createRequestHandler, type Exchange, type HandleRequest } from "./request-handler.ts";
import type { RequestRecord } from "./request-record.ts";
import type { HttpApi } from "./resources.ts";

export interface GatewayOptions {
  api: HttpApi;
  /** 0 selects any free port. */
  port: number;
  accountId: string;
  invoke: Invoke;
  /** Its time determines throttling and the expiry of tokens. */
  clock: Clock;
  /** Called once per request, after the response. */
  onRequest?: (record: RequestRecord) => void;
  /** Called with the lines of the access log, if the API declares its format. */
  accessLog?: (line: string) => void;
}

export interface Gateway {
  /** For example `http://localhost:3000`. */
  url: string;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

/**
 * Starts a gateway that serves an HTTP API on the loopback interface.
 *
 * @throws {UserError} The port is not available, or a route of the API is not supported.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { api, accountId, invoke, clock } = options;
  const handleRequest = createRequestHandler({ api, accountId, invoke, clock });
  const report = createReporter(options);
  const server = createServer();
  server.on("request", (request, response) => serve(handleRequest, report, request, response));
  // Node would send `100 Continue` also to a request that is rejected.
  server.on("checkContinue", (request, response) =>
    serve(handleRequest, report, request, response, () => response.writeContinue()),
  );
  respondToBrokenRequests(server);
  const port = await listen(server, options.port, "the API");
  return { url: `http://localhost:${port}`, close: () => close(server) };
}

/** Reports the record of a request after the response. */
type Report = (record: RequestRecord) => void;

function createReporter({ api, accountId, onRequest, accessLog }: GatewayOptions): Report {
  const formatLine =
    api.accessLogFormat && compileAccessLog(api.accessLogFormat, { accountId, apiId: api.apiId });
  return (record) => {
    onRequest?.(record);
    if (formatLine) accessLog?.(formatLine(record));
  };
}

async function serve(
  handleRequest: HandleRequest,
  report: Report,
  request: IncomingMessage,
  response: ServerResponse,
  sendContinue?: () => void,
): Promise<void> {
  // Without `100 Continue` Node closes the connection after the response.
  const exchange = await handleRequest(request, sendContinue);
  if (!exchange) return;
  writeResponse(response, exchange);
  report(exchange.record);
}

function writeResponse(
  response: ServerResponse,
  { record, response: { status, headers, body } }: Exchange,
): void {
  const hasContent = status !== 204 && status !== 304;
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    ...headers,
    ...(hasContent && { "content-length": length }),
    "apigw-requestid": record.requestId,
  });
  const isSent = hasContent && record.method !== "HEAD";
  record.responseLength = isSent ? length : 0;
  response.end(isSent ? body : "");
}

const STATUS_BY_ERROR: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Responds to what Node's parser rejects (not HTTP, headers too large, too slow) and closes the
 * connection, because after a parse error the start of the next request is unknown.
 */
export function respondToBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  const remember = (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, { request, response });
  };
  server.on("request", remember);
  server.on("checkContinue", remember);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const last = latest.get(socket);
    // Not if the broken request already has a response, or an earlier request has none yet.
    const mustRespond = !last || last.response.headersSent === last.request.complete;
    if (mustRespond && socket.writable) socket.end(formatErrorResponse(error));
    else socket.destroy();
  });
}

function formatErrorResponse(error: NodeJS.ErrnoException): string {
  const status = STATUS_BY_ERROR[error.code ?? ""] ?? 400;
  const message = STATUS_CODES[status];
  const body = JSON.stringify({ message });
  return [
    `HTTP/1.1 ${status} ${message}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    "connection: close",
    "",
    body,
  ].join("\r\n");
}
