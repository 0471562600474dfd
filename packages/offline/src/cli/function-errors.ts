import * as z from "zod";
import { parseJsonLine } from "../util/lines.ts";

/** The number of shown stack frames. */
const MAX_FRAMES = 3;

const ERROR_LEVEL = /^(WARN(ING)?|ERROR|FATAL|CRITICAL)$/;

/** A console line in the text log format: time, request id, level, message. */
const TextLine = /^\d{4}-\d\d-\d\dT[^\t]*\t[^\t]*\t([A-Z]+)\t(.*)$/s;

/** A console line in the JSON log format, or a line of Powertools. */
const JsonLine = z.object({
  level: z.string(),
  message: z.unknown().optional(),
  errorType: z.string().optional(),
  errorMessage: z.string().optional(),
  stackTrace: z.array(z.string()).optional(),
  error: z
    .object({
      name: z.string().default("Error"),
      message: z.string().default(""),
      stack: z.string().default(""),
    })
    .optional(),
});

/**
 * Formats a function's log line for the terminal if it is a warning or an error: as a few lines of text. A
 * line without a logger's format, as libraries and Node itself write them, is a warning on `stderr`.
 *
 * @returns undefined for any other line
 */
export function formatFunctionError(line: string, stream: "stdout" | "stderr"): string | undefined {
  const [, level, text = ""] = TextLine.exec(line) ?? [];
  if (level) return ERROR_LEVEL.test(level) ? `${level} ${text.replaceAll("\r", "\n")}` : undefined;
  const { data } = JsonLine.safeParse(parseJsonLine(line));
  if (data) return ERROR_LEVEL.test(data.level.toUpperCase()) ? formatEntry(data) : undefined;
  return stream === "stderr" ? line : undefined;
}

function formatEntry({ level, message, error, ...lambda }: z.output<typeof JsonLine>): string {
  const reason = error
    ? `${error.name}: ${error.message}`
    : lambda.errorType && `${lambda.errorType}: ${lambda.errorMessage}`;
  const text = typeof message === "string" ? message : message && JSON.stringify(message);
  const frames = lambda.stackTrace ?? error?.stack.split("\n") ?? [];
  return [
    [level.toUpperCase(), text, text === reason ? undefined : reason].filter(Boolean).join(" "),
    ...frames.filter((frame) => /^\s+at /.test(frame)).slice(0, MAX_FRAMES),
  ].join("\n");
}
