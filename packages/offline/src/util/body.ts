import type { IncomingMessage } from "node:http";

export type BodyResult =
  | { kind: "complete"; body: Buffer }
  /** `Content-Length` or the body itself exceeds the limit. Further bytes are discarded. */
  | { kind: "too large" }
  /** The peer closed the connection or broke the framing. */
  | { kind: "aborted"; error: Error };

/**
 * Reads a body, holding at most `limit` bytes of it in memory. Resolves as soon as the body is known
 * to be too large, while the peer is still sending.
 *
 * @param limit in bytes
 * @param onStart called before the body is awaited, for example to send `100 Continue`
 */
export function readLimitedBody(
  message: IncomingMessage,
  limit: number,
  onStart?: () => void,
): Promise<BodyResult> {
  if (Number(message.headers["content-length"] ?? 0) > limit) {
    return Promise.resolve({ kind: "too large" });
  }
  onStart?.();
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    message.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        chunks = [];
        resolve({ kind: "too large" });
      }
    });
    message.on("end", () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      resolve({ kind: "complete", body });
    });
    message.on("error", (error) => resolve({ kind: "aborted", error }));
  });
}

/**
 * Reads a body of any size.
 *
 * @throws {Error} The connection broke before the end.
 */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const read = await readLimitedBody(message, Number.POSITIVE_INFINITY);
  if (read.kind === "complete") return read.body;
  throw read.kind === "aborted" ? read.error : new Error("The body is too large");
}

/** Parses a JSON body. Returns undefined, which no schema accepts, when it is not JSON. */
export function parseJson(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
