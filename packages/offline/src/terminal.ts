import { styleText } from "node:util";
import type { RequestRecord } from "./gateway/record.ts";
import type { App, HttpRoute } from "./graph/app.ts";
import type { Runtime } from "./runtime.ts";

const dim = (text: string) => styleText("dim", text);

/**
 * What there is, once it runs: the APIs with their routes and functions, the engine, the issuers of
 * tokens, and what is not hosted.
 */
export function banner(app: App, { urls, issuers, engine }: Runtime, state: string): string {
  const functionNames = new Map(app.functions.map(({ arn, name }) => [arn, name]));
  const lines = ["", `  ${styleText("bold", app.name)} ${dim(`stage ${app.stage}`)}`];
  for (const [index, { routes }] of app.apis.entries()) {
    lines.push("", `  ${styleText("bold", urls[index] as string)}`);
    const parts = routes.map(({ key, functionArn, authorization }) => ({
      method: key.split(" ")[0] as string,
      path: key.split(" ")[1] ?? "",
      name: functionNames.get(functionArn) ?? "a function of another app",
      who: callers(authorization),
    }));
    const width = Math.max(...parts.map(({ path }) => path.length));
    for (const { method, path, name, who } of parts.toSorted((a, b) =>
      a.path < b.path ? -1 : 1,
    )) {
      lines.push(`    ${method.padEnd(8)}${path.padEnd(width)}  ${dim(name)}${who}`);
    }
  }
  if (app.apis.length === 0) lines.push("", "  HTTP APIs   none");
  lines.push("", `  DynamoDB    ${engine}, data in ${state}`);
  for (const issuer of issuers) {
    lines.push(
      `  Tokens      ${issuer} ${dim("npm run --silent token -- --sub <user> --scope <scope>")}`,
    );
  }
  const unhosted = app.unhosted.map(({ type, names }) => `${type} (${names.join(", ")})`);
  lines.push(`  Not hosted  ${unhosted.join(", ") || "nothing: all of the app runs here"}`);
  return `${lines.join("\n")}\n`;
}

/** A remark about a route that nobody can call here. */
function callers(authorization: HttpRoute["authorization"]): string {
  if (authorization?.type !== "closed") return "";
  return styleText("yellow", `  closed (403): authorization by ${authorization.by} is not hosted`);
}

/** One line a request. */
export function requestLine(record: RequestRecord, functionName = "-"): string {
  const { method, path, status, responseLatency } = record;
  const color = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  const reason =
    record.integrationErrorMessage ?? record.authorizerError ?? record.errorMessage ?? "";
  return `${method} ${printable(path)} ${styleText(color, String(status))} ${dim(`${responseLatency} ms ${functionName}`)} ${printable(reason)}`.trimEnd();
}

/** Clients and functions choose paths and messages: none breaks the line or commands the terminal. */
const printable = (text: string) => text.replaceAll(/[\p{Cc}\s]+/gu, " ");

/** What a function wrote, or Lambda wrote of it. */
export const functionLine = (functionName: string, line: string): string =>
  dim(`${functionName} │ ${line}`);
