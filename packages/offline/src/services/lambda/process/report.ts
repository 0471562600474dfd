const MAX_MEMORY_USED = /\tMax Memory Used: (\d+) MB/;

/** What one invocation took. Times in milliseconds, memory in MB. */
export interface Report {
  requestId: string;
  duration: number;
  /** Only on the first invocation of a process. */
  initDuration?: number;
  memorySize: number;
  maxMemoryUsed: number;
  /** Lambda's error type when the process did not survive the invocation. */
  errorType?: string;
}

/**
 * Lambda's `REPORT` log line. The init phase is billed together with the invocation that waited
 * for it: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
 */
export function reportLine(report: Report): string {
  const { requestId, duration, initDuration, memorySize, maxMemoryUsed, errorType } = report;
  const billed = Math.ceil(duration + (initDuration ?? 0));
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.toFixed(2)} ms`,
    `Billed Duration: ${billed} ms`,
    `Memory Size: ${memorySize} MB`,
    `Max Memory Used: ${maxMemoryUsed} MB`,
  ];
  if (initDuration !== undefined) fields.push(`Init Duration: ${initDuration.toFixed(2)} ms`);
  if (errorType === "Sandbox.Timedout") fields.push("Status: timeout");
  else if (errorType) fields.push("Status: error", `Error Type: ${errorType}`);
  return fields.join("\t");
}

/** The memory in MB that a `REPORT` line tells; undefined for any other line. */
export function maxMemoryUsed(line: string): number | undefined {
  const [, megabytes] = MAX_MEMORY_USED.exec(line) ?? [];
  return megabytes === undefined ? undefined : Number(megabytes);
}
