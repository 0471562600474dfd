import type { SourceMap } from "node:module";

/** A line of a log, as far as it helps to find its stack traces and the code that they are of. */
export interface LogLine {
  /** The stack traces of a JSON line, or the line itself. */
  text: string;
  /** The physical name of the function that logged it. */
  functionName?: string;
  /** When it was logged. */
  time?: Date;
}

/** A position in a bundle, as V8 writes it: a path or `file:` URL, line and column (from 1). */
const POSITION = /(?:file:\/\/)?(\/[^\s()"]*?\.[cm]?js):(\d+):(\d+)/g;

/**
 * Reads a line of a log: a plain one, a JSON line of Powertools, or a line of Lambda or of the
 * offline runtime that ends in JSON.
 */
export function readLogLine(line: string): LogLine {
  const json = parseObject(line.slice(line.indexOf("{")));
  if (!json) return { text: line };
  const { functionName, timestamp } = json;
  return {
    text: stacksIn(json).join("\n") || line,
    ...(typeof functionName === "string" && { functionName }),
    ...(typeof timestamp === "string" && { time: new Date(timestamp) }),
  };
}

/**
 * Replaces the positions in bundles by those in their sources, relative to the project.
 *
 * @param findMap returns the source map of a bundle, by its path. Undefined: its positions stay.
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

/** Bundles lie in a folder below the project's, so their maps' sources begin with `../`. */
const projectPath = (source: string) => source.replace(/^(\.\.\/)+/, "");

/** The stack traces in an error's properties and in its causes, which Lambda writes as arrays. */
function stacksIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (!/^(stack|stackTrace|trace)$/.test(key)) return stacksIn(member);
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
