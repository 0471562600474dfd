import type { History } from "../runtime/history/history.ts";
import type {
  RecordedCall,
  RecordedInvocation,
  RecordedRequest,
} from "../runtime/history/records.ts";
import type { Segment, Subsegment, TraceReader } from "../runtime/traces.ts";
import { traceIdOf } from "../util/trace-header.ts";
import type { Bar, Waterfall } from "./page-data.ts";

/**
 * Builds the waterfall diagram of a trace: the request, below it its invocations by time of arrival, and
 * below each its work. Messages and stream records in one batch have separate traces, so the invocation
 * of a batch belongs to the trace of each.
 *
 * @returns undefined if the trace is unknown, or no longer in memory
 */
export function buildWaterfall(
  traceId: string,
  { requests, invocations, calls, lines }: History,
  traces: Pick<TraceReader, "trace">,
): Waterfall | undefined {
  const request = requests.items().find((candidate) => candidate.traceId === traceId);
  const members = invocations
    .items()
    .filter((one) => one.traceId === traceId || one.links.includes(traceId))
    .sort((a, b) => a.at - b.at);
  if (!request && members.length === 0) return undefined;

  const traceIds = new Set([traceId, ...members.map((member) => member.traceId)]);
  const segments = [...traceIds].flatMap((id) => traces.trace(id)?.segments ?? []);
  const tracedCalls = calls
    .items()
    .filter(({ traceHeader }) => traceIds.has(traceIdOf(traceHeader ?? "") ?? ""));
  const depth = request ? 1 : 0;
  const bars = [
    ...(request ? [createRequestBar(request)] : []),
    ...members.flatMap((member) => createInvocationBars(member, segments, tracedCalls, depth)),
    ...findCustomSegments(traceId, segments).flatMap((segment) =>
      createSegmentBars(segment, segments, depth),
    ),
  ];
  const at = Math.min(...bars.map((bar) => bar.at));
  const requestIds = new Set(members.map(({ requestId }) => requestId));
  return {
    traceId,
    at,
    ms: Math.max(...bars.map((bar) => bar.at + bar.ms)) - at,
    bars,
    lines: lines.items().filter(({ requestId }) => requestId && requestIds.has(requestId)),
  };
}

const createRequestBar = ({ id, at, ms, method, path, status, error }: RecordedRequest): Bar => ({
  ...{ id, at, ms, depth: 0, kind: "request", name: `${method} ${path}`, detail: String(status) },
  ...(error && { error }),
});

function createInvocationBars(
  invocation: RecordedInvocation,
  segments: Segment[],
  calls: RecordedCall[],
  depth: number,
): Bar[] {
  const { requestId, functionName, source, at, ms, init, error } = invocation;
  const traced = createChildBars(invocation.segmentId, segments, depth + 1);
  const isTraced = traced.some(({ kind }) => kind === "call");
  const untraced = isTraced ? [] : calls.filter((call) => isCallOf(call, invocation));
  const children: Bar[] = [...traced, ...untraced.map((call) => createCallBar(call, depth + 1))];
  return [
    {
      ...{ id: requestId, requestId, at, ms, depth, kind: "function", name: functionName },
      ...(source !== "api" && { detail: source }),
      ...(error && { error }),
    },
    ...(init
      ? [
          {
            ...init,
            id: `${requestId}-init`,
            requestId,
            depth: depth + 1,
            kind: "init" as const,
            name: "init",
          },
        ]
      : []),
    ...children.map((bar) => ({ ...bar, requestId })),
  ];
}

/** Creates the bars of the subsegments that functions sent separately, below their parent. */
function createChildBars(parentId: string, segments: Segment[], depth: number): Bar[] {
  return segments
    .filter((segment) => segment.parent_id === parentId && segment.type === "subsegment")
    .sort((a, b) => a.start_time - b.start_time)
    .flatMap((segment) => createSegmentBars(segment, segments, depth));
}

/** Returns the segments that functions sent for this trace, except Lambda's. */
const findCustomSegments = (traceId: string, segments: Segment[]): Segment[] =>
  segments.filter(
    (segment) =>
      segment.trace_id === traceId &&
      segment.type !== "subsegment" &&
      !segment.origin?.startsWith("AWS::Lambda"),
  );

function createSegmentBars(segment: Subsegment, segments: Segment[], depth: number): Bar[] {
  const { id, name, start_time, end_time = start_time, namespace } = segment;
  const { operation, resource } = readAwsFields(segment);
  const error = describeError(segment);
  return [
    {
      id,
      at: start_time * 1000,
      ms: (end_time - start_time) * 1000,
      depth,
      kind: namespace ? "call" : "work",
      name: operation ? `${name} ${operation}` : name.replace(/^## /, ""),
      ...(resource && { detail: resource }),
      ...(error && { error }),
    },
    ...(segment.subsegments ?? []).flatMap((child) =>
      createSegmentBars(child, segments, depth + 1),
    ),
    ...createChildBars(id, segments, depth + 1),
  ];
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-aws */
function readAwsFields({ aws }: Subsegment): { operation?: string; resource?: string } {
  if (typeof aws !== "object" || aws === null) return {};
  const { operation, table_name, queue_url } = aws as Record<string, unknown>;
  const resource = table_name ?? (typeof queue_url === "string" && queue_url.split("/").at(-1));
  return {
    ...(typeof operation === "string" && { operation }),
    ...(typeof resource === "string" && { resource }),
  };
}

function describeError({ error, fault, throttle, cause }: Subsegment): string | undefined {
  if (!error && !fault && !throttle) return undefined;
  const { exceptions } = (cause ?? {}) as { exceptions?: { type?: string; message?: string }[] };
  const [first] = exceptions ?? [];
  return first ? `${first.type}: ${first.message}` : throttle ? "throttled" : "failed";
}

/** Returns whether an invocation made the call: function, trace and time match. */
const isCallOf = (
  { functionName, at, traceHeader }: RecordedCall,
  invocation: RecordedInvocation,
) =>
  functionName === invocation.functionName &&
  traceIdOf(traceHeader ?? "") === invocation.traceId &&
  at >= invocation.at &&
  at <= invocation.at + invocation.ms;

const createCallBar = (call: RecordedCall, depth: number): Bar => ({
  id: `${call.functionName}-${call.at}`,
  at: call.at,
  ms: call.ms,
  depth,
  kind: "call",
  name: `${call.service} ${call.operation}`,
  ...(call.resource && { detail: call.resource }),
  ...(call.status >= 400 && { error: `HTTP ${call.status}` }),
});
