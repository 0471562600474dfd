import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Invocation, InvokeResult } from "../../../runtime/invocation.ts";
import type { ProcessGuard } from "../../../util/process-guard.ts";
import { readLines } from "../../../util/lines.ts";
import {
  asResult,
  describe,
  exited,
  type Failure,
  outOfMemory,
  responseTooLarge,
  SHUTTING_DOWN,
  timedOut,
} from "../failure.ts";
import type { LambdaFunction } from "../functions.ts";
import { functionEnvironment, heapOptions } from "./environment.ts";
import { isLogged } from "./log-level.ts";
import { residentMemory } from "./memory.ts";
import { reportLine } from "./report.ts";
import type { RuntimeApi } from "./runtime-api.ts";

/** Where a line came from: the function, or Lambda itself (`REPORT`, timeouts, crashes). */
export type LogStream = "stdout" | "stderr" | "platform";

/** Takes a line, and the request id of the invocation that it is about, if there is one. */
export type Log = (line: string, stream: LogStream, requestId?: string) => void;

/** An execution environment: one process of a function, which handles one invocation at a time. */
export interface Instance {
  /** Gives it an event. Only after `onReady`. */
  run(invocation: Invocation): void;
  /** Looks at the process's memory, and kills it when it uses more than the function may. */
  checkMemory(): void;
  /** Asks the process to end, and kills it if it does not at once. Resolves when it is gone. */
  end(): Promise<void>;
}

export interface InstanceOptions {
  fn: LambdaFunction;
  bundle: { directory: string; file: string; handler: string };
  /** Credentials and endpoints: variables on top of the function's own. */
  environment: Record<string, string>;
  api: RuntimeApi;
  guard: ProcessGuard;
  /** How long the init phase may take, in seconds. */
  initTimeout: number;
  log: Log;
  /** It is initialised, or done with an invocation: it can take the next one. */
  onReady(): void;
  /** It is gone; with `initFailure` if it was never ready. */
  onEnded(initFailure?: InitFailure): void;
}

/** `detail`: the whole report, when it was the function that reported it. */
export type InitFailure = Failure & { detail?: string };

const BOOTSTRAP = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));

/** How long a process may take to obey SIGTERM, in milliseconds: what Lambda grants. */
const TERM_GRACE = 300;

const MB = 1024 * 1024;

/** Starts a process of a function. */
export function startInstance(options: InstanceOptions): Instance {
  const { fn, log } = options;
  const spawnedAt = performance.now();
  let initDuration: number | undefined;
  let initFailure: InitFailure | undefined;
  let firstInvocation = true;
  let maxMemory = 0;
  /** The invocation at work, and how it ended. */
  let current: { invocation: Invocation; startedAt: number; timer: NodeJS.Timeout } | undefined;
  let outcome: { result: InvokeResult; failure?: Failure | undefined; at: number } | undefined;
  /** The request id of the invocation whose output comes in. */
  let writer: string | undefined;
  let asksForNext = false;
  /** Why it is being killed. */
  let verdict: Failure | undefined;
  /** Whether it ends because we ask it to. */
  let isEnding = false;

  const door = options.api.attach(randomUUID(), {
    onNext() {
      asksForNext = true;
      if (initDuration === undefined) initialised();
      else settle();
    },
    onResponse(requestId, payload, residentBytes) {
      finish(requestId, { kind: "response", payload }, residentBytes);
    },
    onError(requestId, failure, residentBytes) {
      finish(requestId, asResult(failure), residentBytes);
    },
    onOversize(requestId) {
      finish(requestId, asResult(responseTooLarge), undefined, responseTooLarge);
    },
    onInitError(failure, detail) {
      initFailure = { ...failure, detail };
    },
  });

  const child = spawn(process.execPath, [...heapOptions(fn), BOOTSTRAP, options.bundle.file], {
    cwd: options.bundle.directory,
    env: {
      ...functionEnvironment(fn, options.bundle),
      ...options.environment,
      AWS_LAMBDA_RUNTIME_API: door.endpoint,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own: Ctrl-C then reaches only us, and what the function itself has
    // started goes with it.
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) options.guard.add(pid);
  const logFrom = (stream: LogStream) => (line: string) => {
    if (isLogged(line, fn.logLevel)) log(line, stream, writer);
  };
  const flushStdout = readLines(child.stdout, logFrom("stdout"));
  const flushStderr = readLines(child.stderr, logFrom("stderr"));
  const initTimer = setTimeout(
    () => kill(timedOut(options.initTimeout)),
    options.initTimeout * 1000,
  );

  let onGone: () => void;
  const gone = new Promise<void>((resolve) => {
    onGone = resolve;
  });
  child.once("error", (error) =>
    ended({ errorType: "Runtime.ExitError", errorMessage: error.message }),
  );
  child.once("exit", (code, signal) => ended(verdict ?? exited(code, signal)));

  function initialised() {
    clearTimeout(initTimer);
    initDuration = performance.now() - spawnedAt;
    options.onReady();
  }

  function finish(requestId: string, result: InvokeResult, residentBytes = 0, failure?: Failure) {
    if (requestId !== current?.invocation.requestId || outcome) return;
    maxMemory = Math.max(maxMemory, residentBytes);
    outcome = { result, failure, at: performance.now() };
    settle();
  }

  /** An invocation is over when its result is in *and* the process asks for the next event. */
  function settle() {
    if (!outcome || !asksForNext) return;
    conclude(outcome.result, outcome.failure);
    options.onReady();
  }

  /** An init that nobody waited for, as when another process was faster, made no start cold. */
  function waitedForInit({ queuedAt }: Invocation): boolean {
    return firstInvocation && queuedAt < spawnedAt + (initDuration ?? 0);
  }

  function conclude(result: InvokeResult, failure?: Failure) {
    if (!current) return;
    const { invocation, timer, startedAt } = current;
    const { requestId } = invocation;
    const endedAt = performance.now();
    const duration = endedAt - startedAt;
    const waited = waitedForInit(invocation) ? initDuration : undefined;
    clearTimeout(timer);
    if (waited !== undefined) invocation.phases.init = { from: spawnedAt, to: spawnedAt + waited };
    invocation.phases.invoke = { from: startedAt, to: outcome?.at ?? endedAt };
    if (outcome) invocation.phases.overhead = { from: outcome.at, to: endedAt };
    const report = reportLine({
      requestId,
      duration,
      memorySize: fn.memoryMb,
      maxMemoryUsed: Math.min(fn.memoryMb, Math.ceil(maxMemory / MB)),
      ...(waited !== undefined && { initDuration: waited }),
      ...(failure && { errorType: failure.errorType }),
    });
    firstInvocation = false;
    current = undefined;
    outcome = undefined;
    invocation.resolve(result);
    // What the function wrote came in with the result, or before; it is read by then.
    setImmediate(() => {
      flushStdout();
      flushStderr();
      if (failure) log(describe(failure, requestId), "platform", requestId);
      log(report, "platform", requestId);
    });
  }

  function kill(failure: Failure) {
    verdict = failure;
    signal("SIGKILL");
  }

  /** Signals the process and all it has started; without effect when they are gone. */
  function signal(name: NodeJS.Signals) {
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {}
  }

  function ended(failure: Failure) {
    clearTimeout(initTimer);
    door.detach();
    signal("SIGKILL");
    if (pid !== undefined) options.guard.remove(pid);
    // A result that came in before the end counts: uncaught errors are reported, then exit.
    if (outcome) conclude(outcome.result, outcome.failure);
    else if (current && isEnding) conclude(SHUTTING_DOWN);
    else if (current) conclude(asResult(failure, current.invocation.requestId), failure);
    onGone();
    if (initDuration !== undefined) options.onEnded();
    else options.onEnded(initFailure ?? failure);
  }

  return {
    run(invocation) {
      const { timeoutSeconds } = fn;
      asksForNext = false;
      // What the one before has written is read by then.
      setImmediate(() => {
        writer = invocation.requestId;
      });
      current = {
        invocation,
        startedAt: performance.now(),
        timer: setTimeout(() => kill(timedOut(timeoutSeconds)), timeoutSeconds * 1000),
      };
      door.send(invocation, fn.arn, Date.now() + timeoutSeconds * 1000);
    },
    checkMemory() {
      const idle = initDuration !== undefined && !current;
      if (idle || !child.pid) return;
      const used = residentMemory(child.pid) ?? 0;
      maxMemory = Math.max(maxMemory, used);
      if (used > fn.memoryMb * MB) kill(outOfMemory());
    },
    async end() {
      isEnding = true;
      const timer = setTimeout(() => signal("SIGKILL"), TERM_GRACE);
      signal("SIGTERM");
      await gone;
      clearTimeout(timer);
    },
  };
}
