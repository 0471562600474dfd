import { parseJsonLine } from "../../../util/lines.ts";
import type { LogLevel } from "../resources.ts";

/** From the most detailed level to the least. */
const LEVELS: LogLevel[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/**
 * Returns whether a function's line is logged. With the JSON log format Lambda drops lines below the
 * function's log level; a line without a valid `level` counts as INFO.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 *
 * @param minimum the function's log level; undefined for the text log format, which has none
 */
export function isLogged(line: string, minimum: LogLevel | undefined): boolean {
  return minimum === undefined || rankOf(levelOf(line)) >= rankOf(minimum);
}

function rankOf(level: string): number {
  const rank = LEVELS.indexOf(level as LogLevel);
  return rank < 0 ? LEVELS.indexOf("INFO") : rank;
}

function levelOf(line: string): string {
  const { level } = (parseJsonLine(line) ?? {}) as { level?: unknown };
  return String(level).toUpperCase();
}

/** The measurements of one invocation. Times in milliseconds, memory in MB. */
export interface Report {
  requestId: string;
  duration: number;
  /** Set when the invocation waited for the start of its process. */
  initDuration?: number;
  memorySize: number;
  maxMemoryUsed: number;
  /** Lambda's error type when the process ended during the invocation. */
  errorType?: string;
}

/**
 * Formats Lambda's `REPORT` log line. The init phase is billed with the invocation that waited for it:
 * https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
 */
export function formatReport(report: Report): string {
  const { requestId, duration, initDuration, memorySize, maxMemoryUsed, errorType } = report;
  const billed = Math.ceil(duration + (initDuration ?? 0));
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.toFixed(2)} ms`,
    `Billed Duration: ${billed} ms`,
    `Memory Size: ${memorySize} MB`,
    `Max Memory Used: ${maxMemoryUsed} MB`,
  ];
  if (initDuration !== undefined) fields.push(`Init Duration: ${initDuration.toFixed(2)} ms`);
  if (errorType === "Sandbox.Timedout") fields.push("Status: timeout");
  else if (errorType) fields.push("Status: error", `Error Type: ${errorType}`);
  return fields.join("\t");
}

const MAX_MEMORY_USED = /\tMax Memory Used: (\d+) MB/;

/** Returns the memory in MB that a `REPORT` line contains; undefined for any other line. */
export function parseMaxMemoryUsed(line: string): number | undefined {
  const [, megabytes] = MAX_MEMORY_USED.exec(line) ?? [];
  return megabytes === undefined ? undefined : Number(megabytes);
}
