import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import { readBody } from "../../util/body.ts";

export interface HttpResponse {
  status: number;
  /** Names and values alternately. */
  headers: string[];
  body: Buffer;
}

/** Headers that are not forwarded: those of one connection (RFC 9110, section 7.6.1), and the length. */
const OF_CONNECTION = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

/** Persistent connections to an emulator. */
export interface Upstream {
  /**
   * Forwards a request whose body has been read.
   *
   * @throws {Error} the emulator does not respond
   */
  forward(request: IncomingMessage, body: Buffer): Promise<HttpResponse>;
  close(): void;
}

/** Opens connections to the emulator at a base URL. */
export function connect(url: string): Upstream {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });
  return {
    forward: ({ method, url: path, rawHeaders }, body) =>
      new Promise((resolve, reject) => {
        const headers = messageHeaders(rawHeaders, body);
        sendRequest({ hostname, port, agent, method, path, headers }, (response) => {
          readBody(response).then((body) => {
            const headers = messageHeaders(response.rawHeaders, body);
            resolve({ status: response.statusCode as number, headers, body });
          }, reject);
        })
          .once("error", reject)
          .end(body);
      }),
    close: () => agent.destroy(),
  };
}

function messageHeaders(raw: string[], body: Buffer): string[] {
  const headers = ["content-length", String(body.length)];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (!OF_CONNECTION.has(name.toLowerCase())) headers.push(name, raw[i + 1] as string);
  }
  return headers;
}
