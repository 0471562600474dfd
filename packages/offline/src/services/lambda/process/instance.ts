import { randomUUID } from "node:crypto";
import type { Invocation, InvokeResult } from "../../../runtime/invocation.ts";
import { readLines } from "../../../util/lines.ts";
import type { ProcessGuard } from "../../../util/process-guard.ts";
import {
  exitFailure,
  type Failure,
  formatFailure,
  outOfMemoryFailure,
  RESPONSE_TOO_LARGE,
  SHUTTING_DOWN,
  timeoutFailure,
  toErrorResult,
} from "../failure.ts";
import type { LambdaFunction } from "../resources.ts";
import { formatReport, isLogged } from "./log-lines.ts";
import type { RuntimeApi } from "./runtime-api.ts";
import { readResidentMemory, spawnFunction } from "./spawn.ts";

/** The origin of a log line: the function, or Lambda itself (`REPORT`, timeouts, crashes). */
export type LogStream = "stdout" | "stderr" | "platform";

/** Logs a line, with the request id of its invocation if there is one. */
export type Log = (line: string, stream: LogStream, requestId?: string) => void;

/** An execution environment: one process of a function, which handles one invocation at a time. */
export interface Instance {
  /** Sends an event to the process. Requires `onReady` first. */
  run(invocation: Invocation): void;
  /** Kills the process if it uses more memory than the function may. */
  checkMemory(): void;
  /** Ends the process, by SIGTERM and then SIGKILL. Resolves when it has ended. */
  end(): Promise<void>;
}

export interface InstanceOptions {
  fn: LambdaFunction;
  bundle: { directory: string; file: string; handler: string };
  /** Credentials and endpoints: variables in addition to the function's. */
  environment: Record<string, string>;
  api: RuntimeApi;
  processGuard: ProcessGuard;
  /** Time limit of the init phase, in seconds. */
  initTimeout: number;
  log: Log;
  /** The process is initialized, or has completed an invocation: it can run the next one. */
  onReady(): void;
  /** The process has ended; with `initFailure` if it was never ready. */
  onEnded(initFailure?: InitFailure): void;
}

/** `detail` is the complete report when the function reported the failure itself. */
export type InitFailure = Failure & { detail?: string };

/** Milliseconds between SIGTERM and SIGKILL, as on Lambda. */
const TERM_GRACE = 300;

const MB = 1024 * 1024;

/** Starts a process of a function. */
export function startInstance(options: InstanceOptions): Instance {
  const { fn, log, processGuard } = options;
  const spawnedAt = performance.now();
  let initDuration: number | undefined;
  let initFailure: InitFailure | undefined;
  let isFirstInvocation = true;
  let maxMemory = 0;
  /** The running invocation, and its result as soon as the function has reported it. */
  let current: { invocation: Invocation; startedAt: number; timer: NodeJS.Timeout } | undefined;
  let outcome: { result: InvokeResult; failure?: Failure | undefined; at: number } | undefined;
  /** The request id that belongs to the current output of the process. */
  let outputRequestId: string | undefined;
  let isWaitingForEvent = false;
  let killReason: Failure | undefined;
  /** Whether `end` was called. */
  let isEnding = false;

  const connection = options.api.connect(randomUUID(), {
    onNext() {
      isWaitingForEvent = true;
      if (initDuration === undefined) onInitialized();
      else completeIfWaiting();
    },
    onResponse(requestId, payload, residentBytes) {
      onResult(requestId, { kind: "response", payload }, residentBytes);
    },
    onError(requestId, failure, residentBytes) {
      onResult(requestId, toErrorResult(failure), residentBytes);
    },
    onOversize(requestId) {
      onResult(requestId, toErrorResult(RESPONSE_TOO_LARGE), undefined, RESPONSE_TOO_LARGE);
    },
    onInitError(failure, detail) {
      initFailure = { ...failure, detail };
    },
  });

  const child = spawnFunction(fn, options.bundle, {
    ...options.environment,
    AWS_LAMBDA_RUNTIME_API: connection.endpoint,
  });
  const { pid } = child;
  if (pid !== undefined) processGuard.add(pid);
  const logFrom = (stream: LogStream) => (line: string) => {
    if (isLogged(line, fn.logLevel)) log(line, stream, outputRequestId);
  };
  const flushStdout = readLines(child.stdout, logFrom("stdout"));
  const flushStderr = readLines(child.stderr, logFrom("stderr"));
  const initTimer = setTimeout(
    () => kill(timeoutFailure(options.initTimeout)),
    options.initTimeout * 1000,
  );

  const ended = Promise.withResolvers<void>();
  child.once("error", (error) =>
    onProcessEnded({ errorType: "Runtime.ExitError", errorMessage: error.message }),
  );
  child.once("exit", (code, signal) => onProcessEnded(killReason ?? exitFailure(code, signal)));

  function onInitialized() {
    clearTimeout(initTimer);
    initDuration = performance.now() - spawnedAt;
    options.onReady();
  }

  function onResult(requestId: string, result: InvokeResult, residentBytes = 0, failure?: Failure) {
    if (requestId !== current?.invocation.requestId || outcome) return;
    maxMemory = Math.max(maxMemory, residentBytes);
    outcome = { result, failure, at: performance.now() };
    completeIfWaiting();
  }

  /** Completes the invocation when its result has arrived *and* the process waits for an event. */
  function completeIfWaiting() {
    if (!outcome || !isWaitingForEvent) return;
    complete(outcome.result, outcome.failure);
    options.onReady();
  }

  /** Returns whether it was a cold start: another process may have been ready before this one. */
  function hasWaitedForInit({ queuedAt }: Invocation): boolean {
    return isFirstInvocation && queuedAt < spawnedAt + (initDuration ?? 0);
  }

  function complete(result: InvokeResult, failure?: Failure) {
    if (!current) return;
    const { invocation, timer, startedAt } = current;
    const { requestId } = invocation;
    const endedAt = performance.now();
    const duration = endedAt - startedAt;
    const coldStart = hasWaitedForInit(invocation) ? initDuration : undefined;
    clearTimeout(timer);
    if (coldStart !== undefined) {
      invocation.phases.init = { from: spawnedAt, to: spawnedAt + coldStart };
    }
    invocation.phases.invoke = { from: startedAt, to: outcome?.at ?? endedAt };
    if (outcome) invocation.phases.overhead = { from: outcome.at, to: endedAt };
    const report = formatReport({
      requestId,
      duration,
      memorySize: fn.memoryMb,
      maxMemoryUsed: Math.min(fn.memoryMb, Math.ceil(maxMemory / MB)),
      ...(coldStart !== undefined && { initDuration: coldStart }),
      ...(failure && { errorType: failure.errorType }),
    });
    isFirstInvocation = false;
    current = undefined;
    outcome = undefined;
    invocation.resolve(result);
    // By then the output that the function wrote before its result has been read.
    setImmediate(() => {
      flushStdout();
      flushStderr();
      if (failure) log(formatFailure(failure, requestId), "platform", requestId);
      log(report, "platform", requestId);
    });
  }

  function kill(failure: Failure) {
    killReason = failure;
    sendSignal("SIGKILL");
  }

  /** Signals the process group. Has no effect when the group has ended. */
  function sendSignal(name: NodeJS.Signals) {
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {}
  }

  function onProcessEnded(failure: Failure) {
    clearTimeout(initTimer);
    connection.close();
    sendSignal("SIGKILL");
    if (pid !== undefined) processGuard.remove(pid);
    // A result that arrived first counts: the bootstrap reports uncaught errors, then exits.
    if (outcome) complete(outcome.result, outcome.failure);
    else if (current && isEnding) complete(SHUTTING_DOWN);
    else if (current) complete(toErrorResult(failure, current.invocation.requestId), failure);
    ended.resolve();
    if (initDuration !== undefined) options.onEnded();
    else options.onEnded(initFailure ?? failure);
  }

  return {
    run(invocation) {
      const { timeoutSeconds } = fn;
      isWaitingForEvent = false;
      // By then the output of the previous invocation has been read.
      setImmediate(() => {
        outputRequestId = invocation.requestId;
      });
      current = {
        invocation,
        startedAt: performance.now(),
        timer: setTimeout(() => kill(timeoutFailure(timeoutSeconds)), timeoutSeconds * 1000),
      };
      connection.sendEvent(invocation, fn.arn, Date.now() + timeoutSeconds * 1000);
    },
    checkMemory() {
      const isIdle = initDuration !== undefined && !current;
      if (isIdle || !child.pid) return;
      const used = readResidentMemory(child.pid) ?? 0;
      maxMemory = Math.max(maxMemory, used);
      if (used > fn.memoryMb * MB) kill(outOfMemoryFailure());
    },
    async end() {
      isEnding = true;
      const timer = setTimeout(() => sendSignal("SIGKILL"), TERM_GRACE);
      sendSignal("SIGTERM");
      await ended.promise;
      clearTimeout(timer);
    },
  };
}
