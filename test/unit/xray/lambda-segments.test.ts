import type { InvokeResult } from "@petstore/offline/runtime/invocation";
import { createInvocation } from "@petstore/offline/services/lambda/invocation";
import { createLambdaSegments } from "@petstore/offline/services/xray/lambda-segments";
import { describe, expect, it } from "vitest";

const fn = { arn: "arn:aws:lambda:eu-central-1:123456789012:function:app", functionName: "app" };
const header = "Root=1-5e6722a7-cc56a0042db740459ae51dcf;Parent=53995c3f42cd8ad8;Sampled=1";

function execution(result: InvokeResult, phases: object, traceHeader = header) {
  const options = { requestId: "r-1", traceHeader };
  const invocation = createInvocation(
    { tracing: "Active" },
    () => false,
    "{}",
    options,
    () => {},
  );
  Object.assign(invocation.phases, phases);
  return { invocation, result, endedAt: 50 };
}

const init = { from: 10, to: 20 };
const invoke = { from: 21, to: 40 };
const overhead = { from: 40, to: 50 };

describe("createLambdaSegments", () => {
  it("returns a segment of the service below the caller, and one of the function below that", () => {
    const over = execution({ kind: "response", payload: "{}" }, { init, invoke, overhead });
    const [service, own] = createLambdaSegments(fn, over);
    const trace_id = "1-5e6722a7-cc56a0042db740459ae51dcf";
    expect(service).toMatchObject({
      trace_id,
      parent_id: "53995c3f42cd8ad8",
      origin: "AWS::Lambda",
      http: { response: { status: 200 } },
    });
    expect(own).toMatchObject({
      trace_id,
      parent_id: service?.id,
      origin: "AWS::Lambda::Function",
      aws: { request_id: "r-1" },
    });
    expect(own?.subsegments?.map(({ name }) => name)).toEqual([
      "Initialization",
      "Invocation",
      "Overhead",
    ]);
    expect(over.invocation.trace.header).toContain(`;Parent=${own?.subsegments?.[1]?.id};`);
    const [start, end] = [own?.start_time as number, own?.end_time as number];
    expect(end - start).toBeCloseTo(0.04, 4);
    expect(service?.fault ?? own?.fault).toBeUndefined();
  });

  it("marks a failed function as a fault, with its error", () => {
    const failed = { kind: "error", errorType: "TypeError", errorMessage: "oh" } as const;
    const [service, own] = createLambdaSegments(fn, execution(failed, { invoke }));
    expect(service?.fault).toBe(true);
    expect(own).toMatchObject({
      fault: true,
      cause: { exceptions: [{ type: "TypeError", message: "oh" }] },
    });
    expect(own?.subsegments?.map(({ name }) => name)).toEqual(["Invocation"]);
  });

  it("returns no segment of the function for a throttled call", () => {
    const segments = createLambdaSegments(fn, execution({ kind: "throttled" }, {}));
    expect(segments).toMatchObject([
      { throttle: true, error: true, http: { response: { status: 429 } } },
    ]);
  });

  it("returns nothing for an invocation that is not sampled", () => {
    const unsampled = header.replace("Sampled=1", "Sampled=0");
    const over = execution({ kind: "response", payload: "{}" }, { invoke }, unsampled);
    expect(createLambdaSegments(fn, over)).toEqual([]);
  });
});
