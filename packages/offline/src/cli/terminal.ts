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

/** Returns the summary of a running app: its APIs, the console, its services, what is not supported. */
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
    `Not supported offline  ${names.join(", ") || "nothing: all of the app runs here"}`,
  ];
  return `\n${lines.map((line) => (line ? `  ${line}` : "")).join("\n")}\n`;
}

/** Returns one line about a request. */
export function formatRequest(request: RecordedRequest): string {
  const { method, path, status, ms, functionName = "-", cold, traceId, error } = request;
  const color = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  return formatLine(
    `${method} ${printable(path)} ${styleText(color, String(status))}`,
    dim(`${ms} ms ${functionName}`),
    { cold, traceId, error },
  );
}

/** Returns one line about an invocation that no API request caused. */
export function formatInvocation(invocation: RecordedInvocation): string {
  const { source, functionName, ms, init, traceId, error } = invocation;
  return formatLine(
    `${source} ${functionName} ${error ? styleText("red", "failed") : styleText("green", "done")}`,
    dim(`${Math.round(ms)} ms`),
    { cold: init !== undefined, traceId, error },
  );
}

function formatLine(
  what: string,
  how: string,
  more: { cold: boolean; traceId: string | undefined; error: string | undefined },
): string {
  const { cold, traceId = "", error = "" } = more;
  const parts = [what, how, cold ? styleText("cyan", "cold") : "", dim(traceId), printable(error)];
  return parts.filter(Boolean).join(" ");
}

/** Clients and functions choose paths and messages: none breaks the line or commands the terminal. */
const printable = (text: string) => text.replaceAll(/[\p{Cc}\s]+/gu, " ");

/**
 * Returns what a function, or Lambda on its behalf, wrote: all of it if `verbose`, otherwise warnings
 * and errors as text. Undefined: nothing to print.
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
    .map((part) => `${dim(`${functionName} │`)} ${printable(part)}`)
    .join("\n");
}
