import type { LogLevel } from "../functions.ts";

/** The levels, from the most detailed to the least. */
const LEVELS: LogLevel[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/**
 * Returns whether Lambda keeps a line that a function wrote. With the JSON log format it drops lines
 * below the function's log level; a line without a valid `level` counts as INFO.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 *
 * @param minimum the function's log level. Absent: the text log format, which has none.
 */
export function isLogged(line: string, minimum: LogLevel | undefined): boolean {
  return minimum === undefined || rankOf(levelIn(line)) >= rankOf(minimum);
}

function rankOf(level: string): number {
  const rank = LEVELS.indexOf(level as LogLevel);
  return rank < 0 ? LEVELS.indexOf("INFO") : rank;
}

function levelIn(line: string): string {
  if (!line.startsWith("{")) return "";
  try {
    return String(JSON.parse(line).level).toUpperCase();
  } catch {
    return "";
  }
}
