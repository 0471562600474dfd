import type { RecordedInvocation } from "../../runtime/history/records.ts";
import { createRing, type Ring } from "../../runtime/history/ring.ts";
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
  add(invocation: RecordedInvocation): void;
  /** Takes note of a `REPORT` line. */
  report(functionName: string, line: string): void;
  of(functionName: string): Counts;
}

interface Entry {
  invocations: number;
  coldStarts: number;
  errors: number;
  usedMemoryMb: number;
  durations: Ring<number>;
}

export function createStatistics(): Statistics {
  const entries = new Map<string, Entry>();

  function entryOf(functionName: string): Entry {
    const known = entries.get(functionName);
    if (known) return known;
    const counts = { invocations: 0, coldStarts: 0, errors: 0, usedMemoryMb: 0 };
    const entry = { ...counts, durations: createRing<number>(DURATIONS) };
    entries.set(functionName, entry);
    return entry;
  }

  return {
    add({ functionName, run, init, error }) {
      const entry = entryOf(functionName);
      entry.invocations++;
      if (init) entry.coldStarts++;
      if (error) entry.errors++;
      if (run) entry.durations.add(run.ms);
    },
    report(functionName, line) {
      const entry = entryOf(functionName);
      entry.usedMemoryMb = Math.max(entry.usedMemoryMb, parseMaxMemoryUsed(line) ?? 0);
    },
    of(functionName) {
      const { durations, usedMemoryMb, ...counts } = entryOf(functionName);
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
