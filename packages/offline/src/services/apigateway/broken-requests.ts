import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

const STATUS_BY_ERROR: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers what Node's parser refuses (no HTTP, headers too large, too slow) and ends the
 * connection: after a parse error nobody knows where the next request begins.
 */
export function answerBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  const remember = (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, { request, response });
  };
  server.on("request", remember);
  server.on("checkContinue", remember);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const last = latest.get(socket);
    // The answer is due unless the broken request already has one, or an earlier one has none yet.
    const isDue = !last || last.response.headersSent === last.request.complete;
    if (isDue && socket.writable) socket.end(answerTo(error));
    else socket.destroy();
  });
}

function answerTo(error: NodeJS.ErrnoException): string {
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
