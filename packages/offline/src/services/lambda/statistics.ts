import type { RecordedInvocation } from "../../runtime/history/records.ts";
import { createRingBuffer, type RingBuffer } from "../../runtime/history/ring-buffer.ts";
import type { FunctionStatus } from "./panel-data.ts";
import { parseMaxMemoryUsed } from "./process/log-lines.ts";

/** The number of recent durations per function from which percentiles are computed. */
const MAX_DURATIONS = 500;

type Counts = Pick<
  FunctionStatus,
  "invocations" | "coldStarts" | "errors" | "p50" | "p99" | "usedMemoryMb"
>;

/** Counts, percentiles and memory of each function's invocations since the start. */
export interface Statistics {
  addInvocation(invocation: RecordedInvocation): void;
  /** Records the memory in a `REPORT` line of Lambda. */
  addReport(functionName: string, line: string): void;
  get(functionName: string): Counts;
}

interface Entry {
  invocations: number;
  coldStarts: number;
  errors: number;
  usedMemoryMb: number;
  durations: RingBuffer<number>;
}

export function createStatistics(): Statistics {
  const entries = new Map<string, Entry>();

  function findEntry(functionName: string): Entry {
    const known = entries.get(functionName);
    if (known) return known;
    const counts = { invocations: 0, coldStarts: 0, errors: 0, usedMemoryMb: 0 };
    const entry = { ...counts, durations: createRingBuffer<number>(MAX_DURATIONS) };
    entries.set(functionName, entry);
    return entry;
  }

  return {
    addInvocation({ functionName, run, init, error }) {
      const entry = findEntry(functionName);
      entry.invocations++;
      if (init) entry.coldStarts++;
      if (error) entry.errors++;
      if (run) entry.durations.add(run.ms);
    },
    addReport(functionName, line) {
      const entry = findEntry(functionName);
      entry.usedMemoryMb = Math.max(entry.usedMemoryMb, parseMaxMemoryUsed(line) ?? 0);
    },
    get(functionName) {
      const { durations, usedMemoryMb, ...counts } = findEntry(functionName);
      const sorted = durations.items().toSorted((a, b) => a - b);
      const [p50, p99] = [computePercentile(sorted, 0.5), computePercentile(sorted, 0.99)];
      return {
        ...counts,
        ...(p50 !== undefined && { p50 }),
        ...(p99 !== undefined && { p99 }),
        ...(usedMemoryMb > 0 && { usedMemoryMb }),
      };
    },
  };
}

/** Returns a percentile by the nearest-rank method. */
const computePercentile = (sorted: number[], fraction: number): number | undefined =>
  sorted[Math.ceil(fraction * sorted.length) - 1];
