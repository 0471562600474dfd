import type { Segment, Trace } from "@petstore/offline/runtime/traces";
import { createTraces } from "@petstore/offline/services/xray/traces";
import { describe, expect, it } from "vitest";

const hex = (value: number, length: number) => value.toString(16).padStart(length, "0");
const traceId = (trace: number) => `1-00000000-${hex(trace, 24)}`;
const segment = (trace: number, id: number, parts: Partial<Segment> = {}): Segment => ({
  trace_id: traceId(trace),
  id: hex(id, 16),
  name: "app",
  start_time: 1,
  ...parts,
});

describe("the traces", () => {
  it("returns the segments of a trace, in their latest version", () => {
    const traces = createTraces();
    traces.add(segment(1, 1, { in_progress: true }));
    traces.add(segment(2, 2));
    traces.add(segment(1, 3));
    traces.add(segment(1, 1, { end_time: 2 }));

    expect(traces.trace(traceId(1))).toEqual({
      id: traceId(1),
      segments: [segment(1, 1, { end_time: 2 }), segment(1, 3)],
    });
    expect(traces.recent().map(({ id }) => id)).toEqual([traceId(2), traceId(1)]);
    expect(traces.trace(traceId(3))).toBeUndefined();
  });

  it("calls subscribers with every trace that changes, until they unsubscribe", () => {
    const traces = createTraces();
    const heard: Trace[] = [];
    const stop = traces.subscribe((trace) => heard.push(trace));
    traces.add(segment(1, 1));
    traces.add(segment(1, 2));
    stop();
    traces.add(segment(1, 3));
    expect(heard.map(({ segments }) => segments.length)).toEqual([1, 2]);
  });

  it("limits the number of traces", () => {
    const traces = createTraces({ maxTraces: 2 });
    for (const trace of [1, 2, 1, 3]) traces.add(segment(trace, trace));
    expect(traces.recent().map(({ id }) => id)).toEqual([traceId(3), traceId(2)]);
  });

  it("limits the bytes of all traces, without replaced segments", () => {
    const bytes = JSON.stringify(segment(1, 1)).length;
    const traces = createTraces({ maxBytes: 2 * bytes });
    for (const trace of [1, 2, 2, 2]) traces.add(segment(trace, trace));
    expect(traces.recent()).toHaveLength(2);
    traces.add(segment(2, 3));
    expect(traces.recent().map(({ id }) => id)).toEqual([traceId(2)]);
  });
});
