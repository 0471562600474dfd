import { EventEmitter } from "node:events";
import { startConsole } from "../console/console.ts";
import type { RuntimeEvents } from "../runtime/events.ts";
import { type Runtime, type RuntimeOptions, startRuntime } from "../runtime/runtime.ts";
import { formatFunctionLine, formatInvocation, formatRequest } from "./terminal.ts";

export interface ServeOptions extends Omit<RuntimeOptions, "events"> {
  /** Whether to print all output of functions, instead of warnings and errors. */
  verbose: boolean;
}

export interface ServedApp extends Runtime {
  consoleUrl: string;
}

/**
 * Starts an app with its console, and prints requests, invocations and log lines.
 *
 * @throws {UserError} A service cannot start.
 */
export async function serveApp({ verbose, ...options }: ServeOptions): Promise<ServedApp> {
  const { log } = options;
  const events = new EventEmitter<RuntimeEvents>();
  events.on("recordedRequest", (request) => log(formatRequest(request)));
  events.on("recordedInvocation", (invocation) => {
    if (invocation.source !== "api") log(formatInvocation(invocation));
  });
  events.on("logged", (line) => {
    const text = formatFunctionLine(line, verbose);
    if (text !== undefined) log(text);
  });

  const runtime = await startRuntime({ ...options, events });
  const console = await startConsole({ runtime, port: runtime.nextPort }).catch(async (error) => {
    await runtime.close();
    throw error;
  });
  return {
    ...runtime,
    consoleUrl: console.url,
    async close() {
      await console.close();
      await runtime.close();
    },
  };
}
