import type { Segment, Trace, TraceReader } from "../../runtime/traces.ts";

/** The most recent traces, in memory. */
export interface Traces extends TraceReader {
  /** Adds a segment; it replaces an earlier one with the same id, as it is complete now. */
  add(segment: Segment): void;
}

const MAX_TRACES = 1_000;
const MAX_BYTES = 20 * 1024 * 1024;

interface Entry {
  segments: Map<string, { segment: Segment; bytes: number }>;
  bytes: number;
}

/** Creates a store of the most recent traces: at most 1,000, and 20 MB of JSON. */
export function createTraces({ maxTraces = MAX_TRACES, maxBytes = MAX_BYTES } = {}): Traces {
  /** In the order of their start. */
  const entries = new Map<string, Entry>();
  const listeners = new Set<(trace: Trace) => void>();
  let bytes = 0;

  function entryOf(id: string): Entry {
    const known = entries.get(id);
    if (known) return known;
    const entry = { segments: new Map(), bytes: 0 };
    entries.set(id, entry);
    return entry;
  }

  function removeOldest() {
    for (const [id, entry] of entries) {
      if (entries.size <= maxTraces && bytes <= maxBytes) return;
      entries.delete(id);
      bytes -= entry.bytes;
    }
  }

  const toTrace = (id: string, { segments }: Entry): Trace => ({
    id,
    segments: Array.from(segments.values(), ({ segment }) => segment),
  });

  return {
    add(segment) {
      const entry = entryOf(segment.trace_id);
      const size = Buffer.byteLength(JSON.stringify(segment));
      const growth = size - (entry.segments.get(segment.id)?.bytes ?? 0);
      entry.segments.set(segment.id, { segment, bytes: size });
      entry.bytes += growth;
      bytes += growth;
      removeOldest();
      if (listeners.size === 0) return;
      const trace = toTrace(segment.trace_id, entry);
      for (const listener of listeners) listener(trace);
    },
    trace(id) {
      const entry = entries.get(id);
      return entry && toTrace(id, entry);
    },
    recent: () => Array.from(entries, ([id, entry]) => toTrace(id, entry)).reverse(),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
