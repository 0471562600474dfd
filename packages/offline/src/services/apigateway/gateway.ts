import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Invoke } from "../../runtime/invocation.ts";
import { close, listen } from "../../util/listen.ts";
import { compileAccessLog } from "./access-log.ts";
import { answerBrokenRequests } from "./broken-requests.ts";
import { type Answer, answerFor, type Exchange } from "./exchange.ts";
import type { RequestRecord } from "./request-record.ts";
import type { HttpApi } from "./resources.ts";

export interface GatewayOptions {
  api: HttpApi;
  /** 0 takes any free port. */
  port: number;
  accountId: string;
  invoke: Invoke;
  /** Called once a request, when it has been answered. */
  onRequest?: (record: RequestRecord) => void;
  /** Takes the lines of the API's access log, if it has a format for them. */
  accessLog?: (line: string) => void;
}

export interface Gateway {
  /** For example `http://localhost:3000`. */
  url: string;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

/**
 * Serves an HTTP API on the loopback interface.
 *
 * @throws UserError when the port cannot be had, or the API has a route that cannot be served.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { api, accountId, invoke } = options;
  const answer = answerFor({ api, accountId, invoke });
  const report = reporter(options);
  const server = createServer();
  server.on("request", (request, response) => serve(answer, report, request, response));
  // Node would send `100 Continue` by itself, also before a refusal.
  server.on("checkContinue", (request, response) =>
    serve(answer, report, request, response, () => response.writeContinue()),
  );
  answerBrokenRequests(server);
  const port = await listen(server, options.port, "the API");
  return { url: `http://localhost:${port}`, close: () => close(server) };
}

/** What happens to the record of an answered request. */
type Report = (record: RequestRecord) => void;

function reporter({ api, accountId, onRequest, accessLog }: GatewayOptions): Report {
  const formatLine =
    api.accessLogFormat && compileAccessLog(api.accessLogFormat, { accountId, apiId: api.apiId });
  return (record) => {
    onRequest?.(record);
    if (formatLine) accessLog?.(formatLine(record));
  };
}

async function serve(
  answer: Answer,
  report: Report,
  request: IncomingMessage,
  response: ServerResponse,
  sendContinue?: () => void,
): Promise<void> {
  // When the body was never asked for, Node ends the connection after the answer.
  const exchange = await answer(request, sendContinue);
  if (!exchange) return;
  write(response, exchange);
  report(exchange.record);
}

function write(
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
