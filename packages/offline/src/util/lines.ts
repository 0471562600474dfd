import type { Readable } from "node:stream";
import { parseJson } from "./body.ts";

/** Returns a log function that ignores lines it has already logged. */
export function logOnce(log: (line: string) => void): (line: string) => void {
  const logged = new Set<string>();
  return (line) => {
    if (logged.has(line)) return;
    logged.add(line);
    log(line);
  };
}

/** Parses a log line that is a JSON object. Returns undefined for any other line. */
export function parseJsonLine(line: string): unknown {
  return line.startsWith("{") ? parseJson(line) : undefined;
}

/**
 * Splits a stream of UTF-8 into lines.
 *
 * @returns a function that passes on the last line before its end has arrived
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

/** Milliseconds for which lines are collected before they are written. */
const WRITE_DELAY = 10;

export interface LineWriter {
  write(line: string): void;
  /** Writes all collected lines immediately. */
  flush(): void;
}

/**
 * Creates a writer that collects lines and writes them together. Under load, one system call per line
 * would be a quarter of the main process's work.
 */
export function gatherLines(write: (text: string) => void): LineWriter {
  let gathered = "";
  let timer: NodeJS.Timeout | undefined;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (gathered) write(gathered);
    gathered = "";
  }
  return {
    write(line) {
      gathered += `${line}\n`;
      timer ??= setTimeout(flush, WRITE_DELAY);
    },
    flush,
  };
}
