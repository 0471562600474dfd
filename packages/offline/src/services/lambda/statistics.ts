import type { RecordedInvocation } from "../../runtime/history/records.ts";
import { createRingBuffer, type RingBuffer } from "../../runtime/history/ring-buffer.ts";
import type { FunctionStatus } from "./panel-data.ts";
import { parseMaxMemoryUsed } from "./process/log-lines.ts";

/** Durations of a function that percentiles are taken of. */
const DURATIONS = 500;

type Counts = Pick<
  FunctionStatus,
  "invocations" | "coldStarts" | "errors" | "p50" | "p99" | "usedMemoryMb"
>;

/** What each function's invocations came to since the start. */
export interface Statistics {
  addInvocation(invocation: RecordedInvocation): void;
  /** Takes note of a `REPORT` line. */
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
    const entry = { ...counts, durations: createRingBuffer<number>(DURATIONS) };
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
      const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
      return {
        ...counts,
        ...(p50 !== undefined && { p50 }),
        ...(p99 !== undefined && { p99 }),
        ...(usedMemoryMb > 0 && { usedMemoryMb }),
      };
    },
  };
}

/** The smallest value that is not below `share` of all (nearest rank). */
const percentile = (sorted: number[], share: number): number | undefined =>
  sorted[Math.ceil(share * sorted.length) - 1];
