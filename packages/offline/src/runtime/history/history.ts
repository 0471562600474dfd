import type { EventEmitter } from "node:events";
import type { Clock } from "../../util/clock.ts";
import type { RuntimeEvents } from "../events.ts";
import type { Execution, InvocationSource, InvokedFunction } from "../invocation.ts";
import { linksIn } from "./links.ts";
import type { RecordedCall, RecordedInvocation, RecordedLine, RecordedRequest } from "./records.ts";
import { createRing, type Ring } from "./ring.ts";

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
  requests: Ring<RecordedRequest>;
  invocations: Ring<RecordedInvocation>;
  calls: Ring<RecordedCall>;
  lines: Ring<RecordedLine>;
}

/** Records what `events` report, and emits `recordedRequest` and `recordedInvocation`. */
export function recordHistory(events: EventEmitter<RuntimeEvents>, clock: Clock): History {
  const history: History = {
    requests: createRing(REQUESTS),
    invocations: createRing(INVOCATIONS),
    calls: createRing(CALLS),
    lines: createRing(LINES),
  };
  /** Running invocations, by request id. */
  const running = new Map<string, { source: InvocationSource; links: string[] }>();
  /** Request ids of recent cold starts; the responses to their requests follow. */
  const coldStarts = createRing<string>(COLD_STARTS);

  events.on("invoked", ({ requestId, source, payload }) => {
    running.set(requestId, { source, links: BATCHED.has(source) ? linksIn(payload) : [] });
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
