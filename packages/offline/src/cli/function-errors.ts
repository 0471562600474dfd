import * as z from "zod";

/** Lines of a stack that are shown: the place, and who called it. */
const FRAMES = 3;

const PROBLEM = /^(WARN(ING)?|ERROR|FATAL|CRITICAL)$/;

/** A console line of a function that logs text: time, request id, level, message. */
const TEXT = /^\d{4}-\d\d-\d\dT[^\t]*\t[^\t]*\t([A-Z]+)\t(.*)$/s;

/** The same of a function that logs JSON, and Powertools' lines. */
const Json = z.object({
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
 * What a function wrote, as people want to see it: its warnings and errors as a few lines of text,
 * and nothing of what it only notes. A line in no logger's form, as libraries and Node itself write
 * it, is a warning if it came by `stderr`.
 */
export function problemIn(line: string, stream: "stdout" | "stderr"): string | undefined {
  const [, level, text = ""] = TEXT.exec(line) ?? [];
  if (level) return PROBLEM.test(level) ? `${level} ${text.replaceAll("\r", "\n")}` : undefined;
  const { data } = Json.safeParse(jsonOf(line));
  if (data) return PROBLEM.test(data.level.toUpperCase()) ? describe(data) : undefined;
  return stream === "stderr" ? line : undefined;
}

function describe({ level, message, error, ...lambda }: z.output<typeof Json>): string {
  const reason = error
    ? `${error.name}: ${error.message}`
    : lambda.errorType && `${lambda.errorType}: ${lambda.errorMessage}`;
  const said = typeof message === "string" ? message : message && JSON.stringify(message);
  const frames = lambda.stackTrace ?? error?.stack.split("\n") ?? [];
  return [
    [level.toUpperCase(), said, said === reason ? undefined : reason].filter(Boolean).join(" "),
    ...frames.filter((frame) => /^\s+at /.test(frame)).slice(0, FRAMES),
  ].join("\n");
}

function jsonOf(line: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
