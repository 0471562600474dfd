import type { Readable } from "node:stream";

/**
 * Splits a stream of UTF-8 into lines.
 *
 * @returns a function that hands over the last line although its end has not come yet.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): () => void {
  let rest = "";
  const flush = () => {
    if (rest) onLine(rest);
    rest = "";
  };
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", flush);
  return flush;
}
