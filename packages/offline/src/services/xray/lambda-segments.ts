import type { Execution, InvokedFunction, Phase } from "../../runtime/invocation.ts";
import type { Segment, Subsegment } from "../../runtime/traces.ts";
import { randomText } from "../../util/random.ts";

/**
 * Returns the segments that Lambda itself writes of a sampled invocation: one of the service, from the
 * call to the response, and below it one of the function, with the phases of its process. The function's
 * own subsegments belong to its `Invocation`.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
export function createLambdaSegments(
  fn: Pick<InvokedFunction, "arn" | "functionName">,
  { invocation, result, endedAt }: Execution,
): Segment[] {
  const { queuedAt, requestId, phases, trace } = invocation;
  if (!trace.sampled) return [];
  const id = randomText(8, "hex");
  const common = {
    trace_id: trace.traceId,
    name: fn.functionName,
    ...(result.kind === "error" && { fault: true }),
  };
  const service: Segment = {
    ...common,
    id,
    ...timesOf({ from: queuedAt, to: endedAt }),
    ...(trace.parentId && { parent_id: trace.parentId }),
    ...(result.kind === "throttled" && { error: true, throttle: true }),
    origin: "AWS::Lambda",
    resource_arn: fn.arn,
    http: { response: { status: result.kind === "throttled" ? 429 : 200 } },
    aws: { request_id: requestId, function_arn: fn.arn },
  };
  const { init, invoke, overhead } = phases;
  const first = init ?? invoke;
  // No process ran the invocation.
  if (!first) return [service];

  const failure = result.kind === "error" && result;
  return [
    service,
    {
      ...common,
      id: randomText(8, "hex"),
      parent_id: id,
      ...timesOf({ from: first.from, to: endedAt }),
      ...(failure && {
        cause: {
          exceptions: [
            { id: randomText(8, "hex"), type: failure.errorType, message: failure.errorMessage },
          ],
        },
      }),
      origin: "AWS::Lambda::Function",
      aws: { request_id: requestId, function_arn: fn.arn, resource_names: [fn.functionName] },
      subsegments: [
        ...(init ? [subsegment("Initialization", init)] : []),
        ...(invoke ? [subsegment("Invocation", invoke, trace.segmentId)] : []),
        ...(overhead ? [subsegment("Overhead", overhead)] : []),
      ],
    },
  ];
}

const subsegment = (name: string, phase: Phase, id = randomText(8, "hex")): Subsegment => ({
  id,
  name,
  ...timesOf(phase),
});

const timesOf = ({ from, to }: Phase) => ({ start_time: toEpoch(from), end_time: toEpoch(to) });

/** Converts a time of `performance.now()` to seconds since the epoch. */
const toEpoch = (at: number) => (performance.timeOrigin + at) / 1000;
