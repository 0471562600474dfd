import type { SourceMap } from "node:module";

/** The parts of a log line that are needed to find its stack traces and their code. */
export interface LogLine {
  /** The stack traces of a JSON line; otherwise the line itself. */
  text: string;
  /** The physical name of the function that logged it. */
  functionName?: string;
  /** When it was logged. */
  time?: Date;
}

/** A position in V8's format: a path or `file:` URL, line and column (from 1). */
const POSITION = /(?:file:\/\/)?(\/[^\s()"]*?\.[cm]?js):(\d+):(\d+)/g;

/**
 * Parses a log line: plain text, JSON of Powertools, or a line of Lambda or the offline runtime that
 * ends in JSON.
 */
export function readLogLine(line: string): LogLine {
  const json = parseObject(line.slice(line.indexOf("{")));
  if (!json) return { text: line };
  const { functionName, timestamp } = json;
  return {
    text: findStacks(json).join("\n") || line,
    ...(typeof functionName === "string" && { functionName }),
    ...(typeof timestamp === "string" && { time: new Date(timestamp) }),
  };
}

/**
 * Replaces the positions in bundles by positions in their sources, relative to the project.
 *
 * @param findMap returns the source map of a bundle by its path; without one, its positions stay
 */
export async function symbolicate(
  text: string,
  findMap: (file: string) => Promise<SourceMap | undefined>,
): Promise<string> {
  const maps = new Map<string, SourceMap | undefined>();
  for (const [, file = ""] of text.matchAll(POSITION)) {
    if (!maps.has(file)) maps.set(file, await findMap(file));
  }
  return text.replace(POSITION, (position, file: string, line: string, column: string) => {
    const origin = maps.get(file)?.findOrigin(Number(line), Number(column));
    if (!origin || !("fileName" in origin)) return position;
    return `${projectPath(origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

/** Bundles are in a folder below the project's, so the sources in their maps begin with `../`. */
const projectPath = (source: string) => source.replace(/^(\.\.\/)+/, "");

/** Returns the stack traces of an error and its causes. Lambda writes them as arrays. */
function findStacks(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (!/^(stack|stackTrace|trace)$/.test(key)) return findStacks(member);
    return Array.isArray(member) ? member.join("\n") : String(member);
  });
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
