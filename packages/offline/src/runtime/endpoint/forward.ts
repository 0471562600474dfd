import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import { readBody } from "../../util/body.ts";

export interface HttpResponse {
  status: number;
  /** Names and values in turn, as they came. */
  headers: string[];
  body: Buffer;
}

/** Headers that belong to one connection, not to the message (RFC 9110, 7.6.1), or are set anew. */
const OF_CONNECTION = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

/** Kept-alive connections to an emulator. */
export interface Upstream {
  /** Sends on a request whose body has been read. Rejects when the emulator does not answer. */
  forward(request: IncomingMessage, body: Buffer): Promise<HttpResponse>;
  close(): void;
}

export function connect(url: string): Upstream {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });
  return {
    forward: ({ method, url: path, rawHeaders }, body) =>
      new Promise((resolve, reject) => {
        const headers = messageHeaders(rawHeaders, body);
        sendRequest({ hostname, port, agent, method, path, headers }, (answer) => {
          readBody(answer).then((body) => {
            const headers = messageHeaders(answer.rawHeaders, body);
            resolve({ status: answer.statusCode as number, headers, body });
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
