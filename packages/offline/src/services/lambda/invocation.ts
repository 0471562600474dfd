import { randomUUID } from "node:crypto";
import type { Invocation, InvokeResult } from "../../runtime/invocation.ts";
import type { LambdaFunction } from "./functions.ts";
import { functionTrace } from "./trace.ts";

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
