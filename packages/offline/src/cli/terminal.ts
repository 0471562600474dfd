import { styleText } from "node:util";
import type {
  FunctionLogLine,
  RecordedInvocation,
  RecordedRequest,
} from "../runtime/history/records.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { UnsupportedResources } from "../runtime/unsupported.ts";
import { formatFunctionError } from "./function-errors.ts";

const dim = (text: string) => styleText("dim", text);

/** Returns the summary of a running app: services, console, data folder and unsupported resources. */
export function formatBanner(
  served: Runtime & { consoleUrl: string },
  unsupported: UnsupportedResources[],
  stateFolder: string,
): string {
  const { app, stage, appUrls, consoleUrl } = served;
  const names = unsupported.map(({ type, names }) => `${type} (${names.join(", ")})`);
  const lines = [
    `${styleText("bold", app)} ${dim(`stage ${stage}`)}`,
    "",
    ...(appUrls.length === 0 ? ["HTTP APIs   none", ""] : []),
    ...served.describe(),
    `Console     ${styleText("bold", consoleUrl)}`,
    `Data        ${stateFolder}`,
    `Not supported offline  ${names.join(", ") || "nothing, the whole app runs offline"}`,
  ];
  return `\n${lines.map((line) => (line ? `  ${line}` : "")).join("\n")}\n`;
}

/** Formats a request as one line. */
export function formatRequest(request: RecordedRequest): string {
  const { method, path, status, ms, functionName = "-", cold, traceId, error } = request;
  const color = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  return formatLine(
    `${method} ${toPrintable(path)} ${styleText(color, String(status))}`,
    dim(`${ms} ms ${functionName}`),
    { cold, traceId, error },
  );
}

/** Formats an invocation without an API request as one line. */
export function formatInvocation(invocation: RecordedInvocation): string {
  const { source, functionName, ms, init, traceId, error } = invocation;
  return formatLine(
    `${source} ${functionName} ${error ? styleText("red", "failed") : styleText("green", "done")}`,
    dim(`${Math.round(ms)} ms`),
    { cold: init !== undefined, traceId, error },
  );
}

function formatLine(
  subject: string,
  measurements: string,
  details: { cold: boolean; traceId: string | undefined; error: string | undefined },
): string {
  const { cold, traceId = "", error = "" } = details;
  const parts = [
    subject,
    measurements,
    cold ? styleText("cyan", "cold") : "",
    dim(traceId),
    toPrintable(error),
  ];
  return parts.filter(Boolean).join(" ");
}

/** Removes line breaks and terminal control characters, which paths and messages can contain. */
const toPrintable = (text: string) => text.replaceAll(/[\p{Cc}\s]+/gu, " ");

/**
 * Formats a log line of a function or of Lambda.
 *
 * @param verbose whether to print every line, instead of warnings and errors
 * @returns undefined if the line is not printed
 */
export function formatFunctionLine(
  { functionName, text, stream }: FunctionLogLine,
  verbose: boolean,
): string | undefined {
  if (verbose) return dim(`${functionName} │ ${text}`);
  if (stream === "platform") {
    return text.startsWith("REPORT ") ? undefined : `${functionName} │ ${text}`;
  }
  return formatFunctionError(text, stream)
    ?.split("\n")
    .map((part) => `${dim(`${functionName} │`)} ${toPrintable(part)}`)
    .join("\n");
}
