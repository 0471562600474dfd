import { randomUUID } from "node:crypto";
import type { InvokeResult } from "./invoke.ts";

/** One call of a function, on its way through a pool and an instance. */
export interface Invocation {
  requestId: string;
  /** The event, JSON. */
  payload: string;
  /** `X-Amzn-Trace-Id`. */
  traceHeader: string;
  resolve(result: InvokeResult): void;
}

/** An invocation of `payload`; request id and trace header are made up when not given. */
export function createInvocation(
  payload: string,
  options: { requestId?: string; traceHeader?: string },
  resolve: (result: InvokeResult) => void,
): Invocation {
  return {
    requestId: options.requestId ?? randomUUID(),
    payload,
    traceHeader: options.traceHeader ?? unsampledTrace(),
    resolve,
  };
}

/**
 * A new trace that nobody records. Lambda always gives a function a trace header.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function unsampledTrace(): string {
  const id = randomUUID().replaceAll("-", "");
  const time = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${time}-${id.slice(0, 24)};Parent=${id.slice(-16)};Sampled=0`;
}
