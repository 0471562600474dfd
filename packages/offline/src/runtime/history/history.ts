import type { EventEmitter } from "node:events";
import type { Clock } from "../../util/clock.ts";
import type { RuntimeEvents } from "../events.ts";
import type { Execution, InvocationSource, InvokedFunction } from "../invocation.ts";
import type { RecordedCall, RecordedInvocation, RecordedLine, RecordedRequest } from "./records.ts";
import { createRingBuffer, type RingBuffer } from "./ring-buffer.ts";

/** The numbers of stored items. */
const MAX_REQUESTS = 500;
const MAX_INVOCATIONS = 2_000;
const MAX_CALLS = 5_000;
const MAX_LINES = 5_000;
const MAX_COLD_STARTS = 50;

/** The stored characters of a log line: 20 MB for 5,000 lines. */
const MAX_LINE_LENGTH = 4_000;

/** Sources whose events contain several messages or records, each with a separate trace. */
const BATCH_SOURCES = new Set<InvocationSource>(["queue", "stream"]);

/** Recent requests, invocations, calls of AWS and log lines. Times are in milliseconds since the epoch. */
export interface History {
  requests: RingBuffer<RecordedRequest>;
  invocations: RingBuffer<RecordedInvocation>;
  calls: RingBuffer<RecordedCall>;
  lines: RingBuffer<RecordedLine>;
}

/**
 * Starts to record events. Emits `recordedRequest` and `recordedInvocation`.
 *
 * @param clock gives calls and log lines their time
 */
export function recordHistory(events: EventEmitter<RuntimeEvents>, clock: Clock): History {
  const history: History = {
    requests: createRingBuffer(MAX_REQUESTS),
    invocations: createRingBuffer(MAX_INVOCATIONS),
    calls: createRingBuffer(MAX_CALLS),
    lines: createRingBuffer(MAX_LINES),
  };
  /** Running invocations, by request id. */
  const running = new Map<string, { source: InvocationSource; links: string[] }>();
  /** Request ids of recent cold starts; the responses to their requests follow. */
  const coldStarts = createRingBuffer<string>(MAX_COLD_STARTS);

  events.on("invoked", ({ requestId, source, payload }) => {
    running.set(requestId, {
      source,
      links: BATCH_SOURCES.has(source) ? findLinkedTraces(payload) : [],
    });
  });
  events.on("returned", (requestId) => running.delete(requestId));
  events.on("executed", (fn, execution) => {
    const { requestId } = execution.invocation;
    const { source, links } = running.get(requestId) ?? { source: "call", links: [] };
    const invocation = recordInvocation(fn, source, links, execution);
    if (invocation.init && source === "api") coldStarts.add(requestId);
    history.invocations.add(invocation);
    events.emit("recordedInvocation", invocation);
    events.emit("changed", "traces");
  });
  events.on("responded", ({ apiId: _, invocationId = "", ...responded }) => {
    const request = { ...responded, cold: coldStarts.items().includes(invocationId) };
    history.requests.add(request);
    events.emit("recordedRequest", request);
  });
  events.on("called", (call) => history.calls.add({ ...call, at: clock.now() - call.ms }));
  events.on("logged", (line) => {
    const { text } = line;
    const shown = text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)}…` : text;
    history.lines.add({ ...line, at: clock.now(), text: shown });
  });
  return history;
}

function recordInvocation(
  { name }: InvokedFunction,
  source: InvocationSource,
  links: string[],
  { invocation, result, endedAt }: Execution,
): RecordedInvocation {
  const { requestId, queuedAt, phases, trace } = invocation;
  const span = ({ from, to }: { from: number; to: number }) => ({
    at: performance.timeOrigin + from,
    ms: to - from,
  });
  return {
    requestId,
    functionName: name,
    source,
    ...span({ from: queuedAt, to: endedAt }),
    ...(phases.init && { init: span(phases.init) }),
    ...(phases.invoke && { run: span(phases.invoke) }),
    traceId: trace.traceId,
    segmentId: trace.segmentId,
    links,
    ...(result.kind === "error" && { error: `${result.errorType}: ${result.errorMessage}` }),
    ...(result.kind === "throttled" && { error: "Throttled: no concurrency is left." }),
  };
}

/** A trace id in an X-Ray header, or the start of an item image of a stream record. */
const TOKEN = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})|"(OldImage|NewImage)":/g;

/**
 * Finds the traces to which the messages or stream records of an event belong. SQS messages have X-Ray's
 * trace header as attribute; stream records have it if the app stores it in its items. Old item images
 * are ignored, because they belong to the trace of an earlier write.
 *
 * @param payload the event, JSON
 * @returns ids of traces, without duplicates
 */
export function findLinkedTraces(payload: string): string[] {
  const links = new Set<string>();
  let image: string | undefined;
  for (const [, traceId, imageName] of payload.matchAll(TOKEN)) {
    if (imageName) image = imageName;
    else if (traceId && image !== "OldImage") links.add(traceId);
  }
  return [...links];
}
