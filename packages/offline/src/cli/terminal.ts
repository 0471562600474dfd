import { styleText } from "node:util";
import type { ConsoleRequest, Invocation } from "../console/model.ts";
import type { App, HttpRoute } from "../graph/app.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { LogStream } from "../services/lambda/lambda.ts";
import { problemIn } from "./function-errors.ts";

const dim = (text: string) => styleText("dim", text);

/**
 * What there is, once it runs: the APIs with their routes and functions, the console, the engine, the
 * issuers of tokens, and what is not hosted.
 */
export function banner(app: App, runtime: Runtime, state: string): string {
  const { urls, consoleUrl, issuers, engine } = runtime;
  const functionNames = new Map(app.functions.map(({ arn, name }) => [arn, name]));
  const lines = ["", `  ${styleText("bold", app.name)} ${dim(`stage ${app.stage}`)}`];
  for (const [index, { routes }] of app.apis.entries()) {
    lines.push("", `  ${styleText("bold", urls[index] as string)}`);
    const parts = routes.map(({ key, functionArn, authorization }) => {
      const [method = "", path = ""] = key.split(" ");
      const name = functionNames.get(functionArn) ?? "a function of another app";
      return { method, path, rest: `  ${dim(name)}${callers(authorization)}` };
    });
    const width = Math.max(...parts.map(({ path }) => path.length));
    const methods = Map.groupBy(parts, ({ path, rest }) => path.padEnd(width) + rest);
    for (const [target, same] of [...methods].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      lines.push(
        `    ${same
          .map(({ method }) => method)
          .join(", ")
          .padEnd(10)}${target}`,
      );
    }
  }
  if (app.apis.length === 0) lines.push("", "  HTTP APIs   none");
  lines.push("", `  Console     ${styleText("bold", consoleUrl)}`);
  lines.push(`  DynamoDB    ${engine}, data in ${state}`);
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
export function requestLine(request: ConsoleRequest): string {
  const { method, path, status, ms, functionName = "-", cold, traceId, error } = request;
  const color = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  return line(
    `${method} ${printable(path)} ${styleText(color, String(status))}`,
    dim(`${ms} ms ${functionName}`),
    { cold, traceId, error },
  );
}

/** One line an invocation that is not of a request. */
export function invocationLine(invocation: Invocation): string {
  const { source, functionName, ms, init, traceId, error } = invocation;
  return line(
    `${source} ${functionName} ${error ? styleText("red", "failed") : styleText("green", "done")}`,
    dim(`${Math.round(ms)} ms`),
    { cold: init !== undefined, traceId, error },
  );
}

function line(
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
 * What a function wrote, or Lambda wrote of it: every line as it is when `verbose`, else what is
 * wrong, in words.
 */
export function functionLine(
  functionName: string,
  line: string,
  stream: LogStream,
  verbose: boolean,
): string | undefined {
  if (verbose) return dim(`${functionName} │ ${line}`);
  if (stream === "platform") {
    return line.startsWith("REPORT ") ? undefined : `${functionName} │ ${line}`;
  }
  return problemIn(line, stream)
    ?.split("\n")
    .map((part) => `${dim(`${functionName} │`)} ${printable(part)}`)
    .join("\n");
}
