import type { InvokeResult } from "../../runtime/invocation.ts";
import { MAX_REQUEST_BYTES } from "../../runtime/invocation.ts";

/** Why an invocation failed, in Lambda's wording. */
export interface Failure {
  errorType: string;
  errorMessage: string;
}

/** Lambda allows 100 bytes more for an envelope. */
export const MAX_RESPONSE_BYTES = MAX_REQUEST_BYTES + 100;

/** Returns the error that Lambda reports after the timeout of the function or of the init phase. */
export function timeoutFailure(seconds: number): Failure {
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `Task timed out after ${seconds.toFixed(2)} seconds`,
  };
}

/** Returns the error that Lambda reports when the function's process ends during an invocation. */
export function exitFailure(code: number | null, signal: NodeJS.Signals | null): Failure {
  return { errorType: "Runtime.ExitError", errorMessage: exitMessage(code, signal) };
}

/** Returns the error that Lambda reports when it kills a function that exceeds its memory. */
export function outOfMemoryFailure(): Failure {
  return { errorType: "Runtime.OutOfMemory", errorMessage: exitMessage(null, "SIGKILL") };
}

/** The error that Lambda reports instead of a response that is too large. */
export const RESPONSE_TOO_LARGE: Failure = {
  errorType: "Function.ResponseSizeTooLarge",
  errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
};

/** Returns the error that Lambda reports for an event that is too large. */
export function requestTooLargeFailure(bytes: number): Failure {
  return {
    errorType: "RequestEntityTooLargeException",
    errorMessage: `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${MAX_REQUEST_BYTES} bytes)`,
  };
}

/** The result of invocations that are running or arrive while the runtime shuts down. */
export const SHUTTING_DOWN: InvokeResult = {
  kind: "error",
  errorType: "ServiceException",
  errorMessage: "The offline runtime is shutting down",
};

/** Formats a failure as a log line. */
export function formatFailure({ errorType, errorMessage }: Failure, requestId: string): string {
  return `RequestId: ${requestId} Error: ${errorMessage} ${errorType}`;
}

/**
 * Converts a failure to the result that the caller receives.
 *
 * @param requestId set for a failure that Lambda itself reports: its message names the request. The
 *   message of a failure that the function reports stays unchanged.
 */
export function toErrorResult(failure: Failure, requestId?: string): InvokeResult {
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

/** Lambda's supervisor is written in Go, which has these names for signals. */
const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};
