/** How one invocation ended, as its caller sees it. */
export type InvokeResult =
  /** The function answered; `payload` is its JSON, verbatim. */
  | { kind: "response"; payload: string }
  /** The function threw, timed out, exited, ran out of memory or could not be started. */
  | { kind: "error"; errorType: string; errorMessage: string }
  /** No concurrency left. */
  | { kind: "throttled" };

/** Invokes a function synchronously (`RequestResponse`). Never rejects. */
export type Invoke = (
  functionArn: string,
  payload: string,
  options?: { requestId?: string; traceHeader?: string },
) => Promise<InvokeResult>;
