import { randomUUID } from "node:crypto";
import type {
  FunctionTrace,
  Invocation,
  InvokeOptions,
  InvokeResult,
} from "../../runtime/invocation.ts";
import { type Clock, systemClock } from "../../util/clock.ts";
import { randomText } from "../../util/random.ts";
import { createTraceRoot, parseTraceHeader } from "../../util/trace-header.ts";
import type { LambdaFunction } from "./resources.ts";

/**
 * Creates an invocation of a function, with a random request id if the caller gives none.
 *
 * @param sample decides whether the trace is sampled when the caller did not
 */
export function createInvocation(
  { tracing }: Pick<LambdaFunction, "tracing">,
  sample: () => boolean,
  payload: string,
  { requestId = randomUUID(), traceHeader }: InvokeOptions,
  resolve: (result: InvokeResult) => void,
): Invocation {
  return {
    requestId,
    payload,
    trace: createFunctionTrace(tracing, traceHeader, sample),
    queuedAt: performance.now(),
    phases: {},
    resolve,
  };
}

/**
 * Creates the trace of an invocation. With active tracing the function's own segment is the parent of
 * what the function does, and Lambda decides about sampling if the caller did not (HTTP APIs have no
 * tracing, so they do not). Otherwise the caller's header is passed on unchanged.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html,
 * https://aws.amazon.com/blogs/compute/streamlining-trace-sampling-behavior-for-aws-lambda-functions-with-aws-x-ray/
 *
 * @param given the caller's `X-Amzn-Trace-Id`
 * @param sample decides when the caller did not
 */
export function createFunctionTrace(
  tracing: LambdaFunction["tracing"],
  given = createTraceRoot(Date.now()),
  sample: () => boolean,
): FunctionTrace {
  const { root = createTraceRoot(Date.now()), parent, sampled } = parseTraceHeader(given);
  const active = tracing === "Active";
  const trace = {
    sampled: active && (sampled === undefined ? sample() : sampled === "Sampled=1"),
    traceId: root.slice("Root=".length),
    parentId: parent?.slice("Parent=".length),
    segmentId: randomText(8, "hex"),
  };
  const ownHeader = `${root};Parent=${trace.segmentId};Sampled=${trace.sampled ? 1 : 0}`;
  return { ...trace, header: active ? ownHeader : given };
}

/**
 * Creates a function that makes sampling decisions by X-Ray's rule: the first requests of each second
 * (the reservoir) and a share of the others (the rate). X-Ray's default is one a second and 5 %.
 * Offline the reservoir is ten, so that developers find the request they just made, while a benchmark
 * does not measure tracing.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 */
export function createSampler({
  reservoir = 10,
  rate = 0.05,
  clock = systemClock as Pick<Clock, "now">,
  random = Math.random,
} = {}) {
  let second = 0;
  let taken = 0;
  return (): boolean => {
    const current = Math.floor(clock.now() / 1000);
    if (current !== second) {
      second = current;
      taken = 0;
    }
    return taken++ < reservoir || random() < rate;
  };
}
