import type { FunctionTrace } from "../../runtime/invocation.ts";
import { randomText } from "../../util/random.ts";
import { newRoot, traceFields } from "../../util/trace-header.ts";
import type { LambdaFunction } from "./functions.ts";

/**
 * The trace of an invocation, for the header that its caller sent. Where tracing is active, the
 * function's own segment is the parent, whoever called. The caller's decision to sample stands; one
 * that leaves it open (HTTP APIs have no tracing of their own) leaves it to Lambda. Where tracing is
 * not active, the header passes through as it is.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html,
 * https://aws.amazon.com/blogs/compute/streamlining-trace-sampling-behavior-for-aws-lambda-functions-with-aws-x-ray/
 *
 * @param sample decides where the caller did not
 */
export function functionTrace(
  tracing: LambdaFunction["tracing"],
  given = newRoot(Date.now()),
  sample: () => boolean,
): FunctionTrace {
  const { root = newRoot(Date.now()), parent, sampled } = traceFields(given);
  const active = tracing === "Active";
  const trace = {
    sampled: active && (sampled === undefined ? sample() : sampled === "Sampled=1"),
    traceId: root.slice("Root=".length),
    parentId: parent?.slice("Parent=".length),
    segmentId: randomText(8, "hex"),
  };
  const own = `${root};Parent=${trace.segmentId};Sampled=${trace.sampled ? 1 : 0}`;
  return { ...trace, header: active ? own : given };
}
