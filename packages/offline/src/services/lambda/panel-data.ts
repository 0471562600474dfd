import type { RecordedInvocation, RecordedLine } from "../../runtime/history/records.ts";

/** A function, as the console lists it. */
export interface FunctionStatus {
  name: string;
  arn: string;
  warm: number;
  busy: number;
  starting: number;
  invocations: number;
  coldStarts: number;
  errors: number;
  /** Percentiles of recent durations, in milliseconds. */
  p50?: number;
  p99?: number;
  memoryMb: number;
  /** Maximum memory used by a process, in MB. */
  usedMemoryMb?: number;
}

/** Recent invocations and log lines of a function. */
export interface FunctionDetail {
  /** Newest first. */
  invocations: RecordedInvocation[];
  /** Oldest first. */
  lines: RecordedLine[];
}
