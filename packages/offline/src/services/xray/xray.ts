import type { Execution, InvokedFunction } from "../../runtime/invocation.ts";
import { startDaemon } from "./daemon.ts";
import { lambdaSegments } from "./lambda-segments.ts";
import { createTraces, type Traces } from "./traces.ts";

/** X-Ray: it collects what functions, and Lambda, have to say of the requests that are sampled. */
export interface XRay {
  traces: Traces;
  /** The value of `AWS_XRAY_DAEMON_ADDRESS`. */
  address: string;
  /** Writes Lambda's own segments of an invocation. */
  executed(fn: InvokedFunction, execution: Execution): void;
  close(): Promise<void>;
}

/** Starts X-Ray. What it has collected is gone when it is closed. */
export async function startXRay(log: (line: string) => void): Promise<XRay> {
  const traces = createTraces();
  const { address, close } = await startDaemon(traces.add, (count) => {
    // Who sends one sends many: the first is told, and the tenth, and the hundredth …
    const isRound = /^10*$/.test(String(count));
    if (isRound) log(`X-Ray: what was sent is no segment, and lost (${count} so far)`);
  });
  return {
    traces,
    address,
    executed(fn, execution) {
      for (const segment of lambdaSegments(fn, execution)) traces.add(segment);
    },
    close,
  };
}
