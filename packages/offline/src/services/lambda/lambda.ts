import { join, resolve } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import type { Execution, Invoke, InvokeResult } from "../../runtime/invocation.ts";
import { MAX_REQUEST_BYTES } from "../../runtime/invocation.ts";
import { startProcessGuard } from "../../util/process-guard.ts";
import { type Code, createBuildQueue, createCode } from "./build/code.ts";
import { watchSources } from "./build/watch.ts";
import { requestTooLargeFailure, toErrorResult } from "./failure.ts";
import { type Log, type LogStream, startInstance } from "./process/instance.ts";
import { createPool, type Pool, type Processes } from "./process/pool.ts";
import { startRuntimeApi } from "./process/runtime-api.ts";
import type { LambdaFunction } from "./resources.ts";

export type { LogStream } from "./process/instance.ts";

export interface LambdaOptions {
  functions: LambdaFunction[];
  /** Handlers' paths are relative to it. */
  projectRoot: string;
  /** Bundles are written to `<stateDir>/bundles/<name>`. */
  stateDir: string;
  /** Returns variables in addition to the function's: credentials, `AWS_ENDPOINT_URL`. */
  environment(fn: LambdaFunction): Record<string, string>;
  /** Logs a line of a function, given by its logical name. */
  log(name: string, line: string, stream: LogStream, requestId?: string): void;
  /** Called after a rebuild that changed a function's bundle, with its duration. */
  onReload?(name: string, milliseconds: number): void;
  /** Called when an invocation has ended. */
  onExecuted?(fn: LambdaFunction, execution: Execution): void;
  /** Time limit of the init phase in seconds; the default is 10, as on Lambda. */
  initTimeout?: number;
}

/** The Lambda service: bundles functions and runs each in separate processes. */
export interface Lambda {
  invoke: Invoke;
  /** Builds the functions that have not been invoked yet, one after the other. */
  prebuild(): Promise<void>;
  /** Counts the processes of a function. */
  processes(functionArn: string): Processes | undefined;
  /** Ends all processes, builds and watchers. Can be called twice. */
  close(): Promise<void>;
}

/** Milliseconds between two checks of memory, and of idle processes. */
const MEMORY_INTERVAL = 50;
const IDLE_INTERVAL = 60_000;

/**
 * Milliseconds after which an idle esbuild process is stopped: it uses well over 100 MB and restarts
 * quickly.
 */
const ESBUILD_IDLE_LIMIT = 2_000;

/** Starts the Lambda service. Functions are built and started when they are first invoked. */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const api = await startRuntimeApi();
  const processGuard = startProcessGuard();
  let esbuildTimer: NodeJS.Timeout | undefined;
  const queue = createBuildQueue(2, {
    onBusy: () => clearTimeout(esbuildTimer),
    onIdle() {
      esbuildTimer = setTimeout(stopEsbuild, ESBUILD_IDLE_LIMIT);
    },
  });
  const entries: { arn: string; code: Code; pool: Pool }[] = [];
  const watcher = watchSources((file) => {
    for (const { code } of entries) code.onSourceChange(file);
  });

  for (const fn of options.functions) entries.push({ arn: fn.arn, ...createEntry(fn) });
  const byArn = new Map(entries.map((entry) => [entry.arn, entry]));

  function createEntry(fn: LambdaFunction) {
    const log: Log = (...line) => options.log(fn.name, ...line);
    const code = createCode({
      fn,
      projectRoot: resolve(options.projectRoot),
      directory: join(resolve(options.stateDir), "bundles", fn.name),
      queue,
      watcher,
      onReload(milliseconds) {
        pool.replace();
        options.onReload?.(fn.name, milliseconds);
      },
      onBuildError: (message) => log(message, "platform"),
    });
    const pool = createPool({
      fn,
      log,
      onExecuted: (execution) => options.onExecuted?.(fn, execution),
      start: (events) =>
        startInstance({
          fn,
          // Invocations reach the pool only after a successful build.
          bundle: code.current() as NonNullable<ReturnType<Code["current"]>>,
          environment: options.environment(fn),
          api,
          processGuard,
          initTimeout: options.initTimeout ?? 10,
          log,
          ...events,
        }),
    });
    return { code, pool };
  }

  const invoke: Invoke = async (arn, payload, request) => {
    const target = byArn.get(arn);
    if (!target) return toErrorResult(functionNotFound(arn));
    const bytes = Buffer.byteLength(payload);
    if (bytes > MAX_REQUEST_BYTES) return toErrorResult(requestTooLargeFailure(bytes));
    const update = target.code.update();
    if (update) await update;
    if (!target.code.current()) return BUILD_FAILED;
    return target.pool.invoke(payload, request);
  };

  const memoryTimer = setInterval(() => {
    for (const { pool } of entries) pool.checkMemory();
  }, MEMORY_INTERVAL);
  const idleTimer = setInterval(() => {
    for (const { pool } of entries) pool.endIdle(performance.now());
  }, IDLE_INTERVAL);

  let closing: Promise<void> | undefined;
  async function close() {
    clearInterval(memoryTimer);
    clearInterval(idleTimer);
    watcher.close();
    await Promise.all(entries.flatMap(({ code, pool }) => [code.close(), pool.close()]));
    await api.close();
    processGuard.close();
    clearTimeout(esbuildTimer);
    await stopEsbuild();
  }

  return {
    invoke,
    async prebuild() {
      for (const { code } of entries) await code.prebuild();
    },
    processes: (functionArn) => byArn.get(functionArn)?.pool.processes(),
    close: () => (closing ??= close()),
  };
}

function functionNotFound(arn: string) {
  return { errorType: "ResourceNotFoundException", errorMessage: `Function not found: ${arn}` };
}

const BUILD_FAILED: InvokeResult = {
  kind: "error",
  errorType: "Runtime.BuildError",
  errorMessage: "The function's code could not be built: see its log for the error",
};
