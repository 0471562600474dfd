import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

export interface Sent {
  method: string;
  /** Path and query, encoded. */
  target: string;
  headers: [name: string, value: string][];
  body?: string | undefined;
}

export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const agent = new Agent({ keepAlive: true });

/** Sends a request unchanged: repeated headers stay repeated, and none is added. */
export function send(url: string, { method, target, headers, body }: Sent): Promise<Received> {
  const length: [string, string][] =
    body === undefined ? [] : [["content-length", String(Buffer.byteLength(body))]];
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = httpRequest({
      agent,
      hostname,
      port,
      method,
      path: target,
      headers: [["host", `${hostname}:${port}`], ...length, ...headers].flat(),
    });
    outgoing.on("error", reject);
    outgoing.on("response", async (incoming) => {
      const bytes = await buffer(incoming);
      const isCompressed = incoming.headers["content-encoding"] === "gzip" && bytes.length > 0;
      const plain = isCompressed ? gunzipSync(bytes) : bytes;
      resolve({
        status: incoming.statusCode as number,
        headers: incoming.headers,
        body: plain.toString(),
      });
    });
    outgoing.end(body);
  });
}
