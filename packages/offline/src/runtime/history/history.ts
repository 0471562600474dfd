import type { EventEmitter } from "node:events";
import type { Clock } from "../../util/clock.ts";
import type { RuntimeEvents } from "../events.ts";
import type { Execution, InvocationSource, InvokedFunction } from "../invocation.ts";
import type { RecordedCall, RecordedInvocation, RecordedLine, RecordedRequest } from "./records.ts";
import { createRingBuffer, type RingBuffer } from "./ring-buffer.ts";

/** How many items are stored. */
const REQUESTS = 500;
const INVOCATIONS = 2_000;
const CALLS = 5_000;
const LINES = 5_000;
const COLD_STARTS = 50;

/** Characters of a log line: 5,000 lines must not be gigabytes. */
const MAX_LINE = 4_000;

/** Sources whose events contain several messages or records, each with its own trace. */
const BATCHED = new Set<InvocationSource>(["queue", "stream"]);

/** What happened recently, in memory of a fixed size. Times are milliseconds since the epoch. */
export interface History {
  requests: RingBuffer<RecordedRequest>;
  invocations: RingBuffer<RecordedInvocation>;
  calls: RingBuffer<RecordedCall>;
  lines: RingBuffer<RecordedLine>;
}

/** Records what `events` report, and emits `recordedRequest` and `recordedInvocation`. */
export function recordHistory(events: EventEmitter<RuntimeEvents>, clock: Clock): History {
  const history: History = {
    requests: createRingBuffer(REQUESTS),
    invocations: createRingBuffer(INVOCATIONS),
    calls: createRingBuffer(CALLS),
    lines: createRingBuffer(LINES),
  };
  /** Running invocations, by request id. */
  const running = new Map<string, { source: InvocationSource; links: string[] }>();
  /** Request ids of recent cold starts; the responses to their requests follow. */
  const coldStarts = createRingBuffer<string>(COLD_STARTS);

  events.on("invoked", ({ requestId, source, payload }) => {
    running.set(requestId, { source, links: BATCHED.has(source) ? findLinkedTraces(payload) : [] });
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
    const shown = text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text;
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
    ...(result.kind === "throttled" && { error: "No concurrency left" }),
  };
}

/** A trace that is named, or the beginning of a stream record's image of an item. */
const TOKEN = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})|"(OldImage|NewImage)":/g;

/**
 * The traces that an event of several messages or stream records names: X-Ray's header comes with
 * a message, and perhaps in what an app has written. An item as it was before names the trace of
 * an earlier write.
 */
export function findLinkedTraces(payload: string): string[] {
  const links = new Set<string>();
  let image: string | undefined;
  for (const [, traceId, begun] of payload.matchAll(TOKEN)) {
    if (begun) image = begun;
    else if (traceId && image !== "OldImage") links.add(traceId);
  }
  return [...links];
}
