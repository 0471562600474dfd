import { join, resolve } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import type { Execution, Invoke, InvokeResult } from "../../runtime/invocation.ts";
import { startProcessGuard } from "../../util/process-guard.ts";
import { createBuildQueue } from "./build/build-queue.ts";
import { type Code, createCode } from "./build/code.ts";
import { watchSources } from "./build/watch.ts";
import { asResult, MAX_REQUEST_BYTES, requestTooLarge } from "./failure.ts";
import type { LambdaFunction } from "./functions.ts";
import { type Log, type LogStream, startInstance } from "./process/instance.ts";
import { createPool, type Pool, type Processes } from "./process/pool.ts";
import { serveRuntimeApi } from "./process/runtime-api.ts";

export type { LogStream } from "./process/instance.ts";

export interface LambdaOptions {
  functions: LambdaFunction[];
  /** Handlers' paths are relative to it. */
  projectRoot: string;
  /** Bundles go to `<stateDir>/bundles/<name>`. */
  stateDir: string;
  /** Variables that a function gets on top of its own: credentials, `AWS_ENDPOINT_URL`. */
  environment(fn: LambdaFunction): Record<string, string>;
  /** A log line of a function, which is given by its logical name. */
  log(name: string, line: string, stream: LogStream, requestId?: string): void;
  /** A function runs other code than before, after a build of so many milliseconds. */
  onReload?(name: string, milliseconds: number): void;
  /** An invocation of a function is over. */
  onExecuted?(fn: LambdaFunction, execution: Execution): void;
  /** How long a process may take to initialise, in seconds; Lambda's 10 if not given. */
  initTimeout?: number;
}

/** The Lambda service: it bundles functions, and runs them in processes of their own. */
export interface Lambda {
  invoke: Invoke;
  /** Builds all that has not been asked for yet, one after the other. */
  prebuild(): Promise<void>;
  /** The processes of a function. */
  processes(functionArn: string): Processes | undefined;
  /** Ends all processes, builds and watches. Can be called twice. */
  close(): Promise<void>;
}

/** How often processes' memory is looked at, and their idleness, in milliseconds. */
const MEMORY_INTERVAL = 50;
const REAP_INTERVAL = 60_000;

/**
 * How long esbuild stays after a build, in milliseconds. Its process holds well over 100 MB, and the
 * next build has another one in no time.
 */
const ESBUILD_REST = 2_000;

/** Starts the Lambda service. Functions are built and started when they are first invoked. */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const api = await serveRuntimeApi();
  const guard = startProcessGuard();
  let restTimer: NodeJS.Timeout | undefined;
  const queue = createBuildQueue(2, {
    onBusy: () => clearTimeout(restTimer),
    onIdle() {
      restTimer = setTimeout(stopEsbuild, ESBUILD_REST);
    },
  });
  const hosted: { arn: string; code: Code; pool: Pool }[] = [];
  const watcher = watchSources((file) => {
    for (const { code } of hosted) code.changed(file);
  });

  for (const fn of options.functions) hosted.push({ arn: fn.arn, ...host(fn) });
  const byArn = new Map(hosted.map((entry) => [entry.arn, entry]));

  function host(fn: LambdaFunction) {
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
      onBroken: (message) => log(message, "platform"),
    });
    const pool = createPool({
      fn,
      log,
      onExecuted: (execution) => options.onExecuted?.(fn, execution),
      start: (events) =>
        startInstance({
          fn,
          // Invocations reach the pool only when there is code.
          bundle: code.current() as NonNullable<ReturnType<Code["current"]>>,
          environment: options.environment(fn),
          api,
          guard,
          initTimeout: options.initTimeout ?? 10,
          log,
          ...events,
        }),
    });
    return { code, pool };
  }

  const invoke: Invoke = async (arn, payload, request) => {
    const target = byArn.get(arn);
    if (!target) return asResult(notFound(arn));
    const bytes = Buffer.byteLength(payload);
    if (bytes > MAX_REQUEST_BYTES) return asResult(requestTooLarge(bytes));
    const update = target.code.update();
    if (update) await update;
    if (!target.code.current()) return BROKEN;
    return target.pool.invoke(payload, request);
  };

  const memoryTimer = setInterval(() => {
    for (const { pool } of hosted) pool.checkMemory();
  }, MEMORY_INTERVAL);
  const reapTimer = setInterval(() => {
    for (const { pool } of hosted) pool.reap(performance.now());
  }, REAP_INTERVAL);

  let closing: Promise<void> | undefined;
  async function close() {
    clearInterval(memoryTimer);
    clearInterval(reapTimer);
    watcher.close();
    await Promise.all(hosted.flatMap(({ code, pool }) => [code.close(), pool.close()]));
    await api.close();
    guard.close();
    clearTimeout(restTimer);
    await stopEsbuild();
  }

  return {
    invoke,
    async prebuild() {
      for (const { code } of hosted) await code.prebuild();
    },
    processes: (functionArn) => byArn.get(functionArn)?.pool.processes(),
    close: () => (closing ??= close()),
  };
}

function notFound(arn: string) {
  return { errorType: "ResourceNotFoundException", errorMessage: `Function not found: ${arn}` };
}

const BROKEN: InvokeResult = {
  kind: "error",
  errorType: "Runtime.BuildError",
  errorMessage: "The function's code does not build; the log says why",
};
