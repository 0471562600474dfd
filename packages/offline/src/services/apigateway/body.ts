import type { IncomingMessage } from "node:http";

/** How reading a request's body ended. */
export type BodyResult =
  | { kind: "complete"; body: Buffer }
  /** More than `limit` bytes were announced or came. What still comes is discarded. */
  | { kind: "too large" }
  /** The client went away, or broke the framing. */
  | { kind: "aborted" };

/**
 * Reads a request's body, never keeping more than `limit` bytes of it. A body that is too large is
 * reported at once, while the client is still sending.
 *
 * @param invite called before the body is awaited: the moment for `100 Continue`.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  invite?: () => void,
): Promise<BodyResult> {
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    return Promise.resolve({ kind: "too large" });
  }
  invite?.();
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        chunks = [];
        resolve({ kind: "too large" });
      }
    });
    request.on("end", () => resolve({ kind: "complete", body: Buffer.concat(chunks) }));
    request.on("error", () => resolve({ kind: "aborted" }));
  });
}
