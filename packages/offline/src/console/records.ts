import type { RequestRecord } from "../services/apigateway/request-record.ts";
import type { Execution } from "../services/lambda/execution.ts";
import type { ConsoleRequest, Invocation, InvocationSource } from "./model.ts";

/** An invocation of a function, as the console has it. */
export function invocationOf(
  functionName: string,
  source: InvocationSource,
  links: string[],
  { invocation, result, endedAt }: Execution,
): Invocation {
  const { requestId, queuedAt, phases, trace } = invocation;
  const span = ({ from, to }: { from: number; to: number }) => ({
    at: performance.timeOrigin + from,
    ms: to - from,
  });
  return {
    requestId,
    functionName,
    source,
    ...span({ from: queuedAt, to: endedAt }),
    ...(phases.init && { init: span(phases.init) }),
    ...(phases.invoke && { run: span(phases.invoke) }),
    traceId: trace.traceId,
    segmentId: trace.segmentId,
    links,
    ...(result.kind === "error" && { error: `${result.errorType}: ${result.errorMessage}` }),
    ...(result.kind === "throttled" && { error: "No concurrency left" }),
  };
}

/** An answered request, as the console has it. */
export function requestOf(
  record: RequestRecord,
  functionName: string | undefined,
  cold: boolean,
): ConsoleRequest {
  const error = record.integrationErrorMessage ?? record.authorizerError ?? record.errorMessage;
  return {
    id: record.requestId,
    at: record.timeEpoch,
    method: record.method,
    path: record.path,
    status: record.status,
    ms: record.responseLatency,
    cold,
    ...(functionName && { functionName }),
    ...(record.traceId && { traceId: record.traceId }),
    ...(error && { error }),
  };
}
