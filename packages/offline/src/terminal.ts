import { styleText } from "node:util";
import type { RequestRecord } from "./gateway/record.ts";
import type { App } from "./graph/app.ts";

const dim = (text: string) => styleText("dim", text);

/** What there is, once it runs: the APIs with their routes and functions, the engine, and what is not hosted. */
export function banner(app: App, urls: string[], engine: string, state: string): string {
  const functionNames = new Map(app.functions.map(({ arn, name }) => [arn, name]));
  const lines = ["", `  ${styleText("bold", app.name)} ${dim(`stage ${app.stage}`)}`];
  for (const [index, { routes }] of app.apis.entries()) {
    lines.push("", `  ${styleText("bold", urls[index] as string)}`);
    const parts = routes.map(({ key, functionArn }) => ({
      method: key.split(" ")[0] as string,
      path: key.split(" ")[1] ?? "",
      name: functionNames.get(functionArn) ?? "a function of another app",
    }));
    const width = Math.max(...parts.map(({ path }) => path.length));
    for (const { method, path, name } of parts.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
      lines.push(`    ${method.padEnd(8)}${path.padEnd(width)}  ${dim(name)}`);
    }
  }
  if (app.apis.length === 0) lines.push("", "  HTTP APIs   none");
  lines.push("", `  DynamoDB    ${engine}, data in ${state}`);
  const unhosted = app.unhosted.map(({ type, names }) => `${type} (${names.join(", ")})`);
  lines.push(`  Not hosted  ${unhosted.join(", ") || "nothing: all of the app runs here"}`);
  return `${lines.join("\n")}\n`;
}

/** One line a request. */
export function requestLine(record: RequestRecord, functionName = "-"): string {
  const { method, path, status, responseLatency, errorMessage, integrationErrorMessage } = record;
  const color = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  const reason = integrationErrorMessage ?? errorMessage ?? "";
  return `${method} ${printable(path)} ${styleText(color, String(status))} ${dim(`${responseLatency} ms ${functionName}`)} ${printable(reason)}`.trimEnd();
}

/** Clients and functions choose paths and messages: none breaks the line or commands the terminal. */
const printable = (text: string) => text.replaceAll(/[\p{Cc}\s]+/gu, " ");

/** What a function wrote, or Lambda wrote of it. */
export const functionLine = (functionName: string, line: string): string =>
  dim(`${functionName} │ ${line}`);
