import type { Execution, InvokedFunction } from "../../runtime/invocation.ts";
import { startDaemon } from "./daemon.ts";
import { createLambdaSegments } from "./lambda-segments.ts";
import { createTraces, type Traces } from "./traces.ts";

/** X-Ray: collects the segments that functions and Lambda write of sampled requests. */
export interface XRay {
  traces: Traces;
  /** The value of `AWS_XRAY_DAEMON_ADDRESS`. */
  address: string;
  /** Adds Lambda's segments of an invocation. */
  executed(fn: InvokedFunction, execution: Execution): void;
  close(): Promise<void>;
}

/** Starts X-Ray. Traces are in memory only. */
export async function startXRay(log: (line: string) => void): Promise<XRay> {
  const traces = createTraces();
  const { address, close } = await startDaemon(traces.add, (count) => {
    // Invalid datagrams are usually many: logs the 1st, the 10th, the 100th and so on.
    const isPowerOfTen = /^10*$/.test(String(count));
    if (isPowerOfTen) log(`X-Ray: dropped a datagram that is not a segment (${count} so far)`);
  });
  return {
    traces,
    address,
    executed(fn, execution) {
      for (const segment of createLambdaSegments(fn, execution)) traces.add(segment);
    },
    close,
  };
}
