import type { LambdaFunction } from "../graph/app.ts";
import { randomText } from "../random.ts";
import { newRoot, traceFields } from "../trace-header.ts";

/**
 * The trace header that a function gets (`_X_AMZN_TRACE_ID`) for what its caller sent. Where
 * tracing is active, the function's own segment is the parent, whoever called; the caller's
 * decision to sample stands, and without one nothing is sampled. Where it is not, the header passes
 * through as it is.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html,
 * https://aws.amazon.com/blogs/compute/streamlining-trace-sampling-behavior-for-aws-lambda-functions-with-aws-x-ray/
 */
export function functionTrace(
  tracing: LambdaFunction["tracing"],
  given = newRoot(Date.now()),
): string {
  if (tracing === "PassThrough") return given;
  const { root = newRoot(Date.now()), sampled = "Sampled=0" } = traceFields(given);
  return `${root};Parent=${randomText(8, "hex")};${sampled}`;
}
