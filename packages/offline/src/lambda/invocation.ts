import { randomUUID } from "node:crypto";
import type { LambdaFunction } from "../graph/app.ts";
import type { InvokeResult } from "./invoke.ts";
import { functionTrace } from "./trace.ts";

/** One call of a function, on its way through a pool and an instance. */
export interface Invocation {
  requestId: string;
  /** The event, JSON. */
  payload: string;
  /** `X-Amzn-Trace-Id`, as the function sees it. */
  traceHeader: string;
  /** When it came, on the clock of `performance.now()`. */
  queuedAt: number;
  resolve(result: InvokeResult): void;
}

/** An invocation of `fn` with `payload`; a request id is made up when none is given. */
export function createInvocation(
  { tracing }: Pick<LambdaFunction, "tracing">,
  payload: string,
  { requestId = randomUUID(), traceHeader }: { requestId?: string; traceHeader?: string },
  resolve: (result: InvokeResult) => void,
): Invocation {
  return {
    requestId,
    payload,
    traceHeader: functionTrace(tracing, traceHeader),
    queuedAt: performance.now(),
    resolve,
  };
}
