import type { InvokeResult } from "../../runtime/invocation.ts";

/** Why an invocation ended without the handler's answer, in the words Lambda uses. */
export interface Failure {
  errorType: string;
  errorMessage: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;

/** Lambda allows itself 100 bytes for an envelope. */
export const MAX_RESPONSE_BYTES = MAX_REQUEST_BYTES + 100;

/** The error Lambda reports when the function's timeout, or the init phase's, has passed. */
export function timedOut(seconds: number): Failure {
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `Task timed out after ${seconds.toFixed(2)} seconds`,
  };
}

/** The error Lambda reports when the function's process is gone in the middle of its work. */
export function exited(code: number | null, signal: NodeJS.Signals | null): Failure {
  return { errorType: "Runtime.ExitError", errorMessage: exitMessage(code, signal) };
}

/** The error Lambda reports when it kills a function that uses more than its memory. */
export function outOfMemory(): Failure {
  return { errorType: "Runtime.OutOfMemory", errorMessage: exitMessage(null, "SIGKILL") };
}

/** The error Lambda reports in place of a response of more than 6 MB. */
export const responseTooLarge: Failure = {
  errorType: "Function.ResponseSizeTooLarge",
  errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
};

/** The error Lambda answers to an event of more than 6 MB. */
export function requestTooLarge(bytes: number): Failure {
  return {
    errorType: "RequestEntityTooLargeException",
    errorMessage: `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${MAX_REQUEST_BYTES} bytes)`,
  };
}

/** What becomes of invocations that are under way, or come, when the runtime ends. */
export const SHUTTING_DOWN: InvokeResult = {
  kind: "error",
  errorType: "ServiceException",
  errorMessage: "The offline runtime is shutting down",
};

/** `failure` as a log line. */
export function describe({ errorType, errorMessage }: Failure, requestId: string): string {
  return `RequestId: ${requestId} Error: ${errorMessage} ${errorType}`;
}

/**
 * `failure` as the caller of `Invoke` sees it. What Lambda itself has to say names the request;
 * what the function reported is passed on as it is.
 */
export function asResult(failure: Failure, requestId?: string): InvokeResult {
  const { errorType, errorMessage } = failure;
  if (requestId === undefined) return { kind: "error", errorType, errorMessage };
  return {
    kind: "error",
    errorType,
    errorMessage: `RequestId: ${requestId} Error: ${errorMessage}`,
  };
}

function exitMessage(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal}`;
  if (code === 0) return "Runtime exited without providing a reason";
  return `Runtime exited with error: exit status ${code}`;
}

/** Lambda's supervisor is written in Go, which names signals in words. */
const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};
