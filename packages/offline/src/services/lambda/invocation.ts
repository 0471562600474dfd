import { randomUUID } from "node:crypto";
import type { LambdaFunction } from "../../graph/app.ts";
import type { Phases } from "./execution.ts";
import type { InvokeResult } from "./invoke.ts";
import { type FunctionTrace, functionTrace } from "./trace.ts";

/** One call of a function, on its way through a pool and an instance. */
export interface Invocation {
  requestId: string;
  /** The event, JSON. */
  payload: string;
  trace: FunctionTrace;
  /** When it came, on the clock of `performance.now()`. */
  queuedAt: number;
  /** Filled in by the process that takes it. */
  phases: Phases;
  resolve(result: InvokeResult): void;
}

/**
 * An invocation of `fn` with `payload`; a request id is made up when none is given, and `sample`
 * decides on its trace where the caller did not.
 */
export function createInvocation(
  { tracing }: Pick<LambdaFunction, "tracing">,
  sample: () => boolean,
  payload: string,
  { requestId = randomUUID(), traceHeader }: { requestId?: string; traceHeader?: string },
  resolve: (result: InvokeResult) => void,
): Invocation {
  return {
    requestId,
    payload,
    trace: functionTrace(tracing, traceHeader, sample),
    queuedAt: performance.now(),
    phases: {},
    resolve,
  };
}
