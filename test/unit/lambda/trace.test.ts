import { functionTrace } from "@petstore/offline/services/lambda/trace";
import { describe, expect, it } from "vitest";

const ROOT = "Root=1-5e6722a7-cc56a0042db740459ae51dcf";
const PARENT = "Parent=53995c3f42cd8ad8";
const NEW_ROOT = "Root=1-[0-9a-f]{8}-[0-9a-f]{24}";

const never = () => false;
const always = () => true;

describe("a function that is traced is the parent of what it does", () => {
  it.each([
    [ROOT, ROOT],
    [`${ROOT};Sampled=1`, ROOT],
    [`${ROOT};Sampled=?`, ROOT],
    [`Self=1-1-1;${ROOT};${PARENT};Sampled=1`, ROOT],
    [`Sampled=0; ${ROOT}`, ROOT],
    ["nonsense", NEW_ROOT],
    [undefined, NEW_ROOT],
  ])("called with %j", (given, root) => {
    const { header, segmentId, traceId } = functionTrace("Active", given, never);
    expect(header).toMatch(new RegExp(`^${root};Parent=[0-9a-f]{16};Sampled=[01]$`));
    expect(header).toMatch(new RegExp(`^Root=${traceId};Parent=${segmentId};`));
    expect(header).not.toContain(PARENT);
    expect(functionTrace("Active", given, never).header).not.toBe(header);
  });

  it("and below its caller", () => {
    const called = functionTrace("Active", `${ROOT};${PARENT};Sampled=1`, never);
    expect(called.parentId).toBe("53995c3f42cd8ad8");
    expect(functionTrace("Active", ROOT, never).parentId).toBeUndefined();
  });
});

describe("whether a trace is sampled", () => {
  it.each([
    ["Sampled=1", never, true],
    ["Sampled=0", always, false],
  ])("is the caller's decision: %s", (decision, sample, sampled) => {
    const trace = functionTrace("Active", `${ROOT};${decision}`, sample);
    expect(trace.sampled).toBe(sampled);
    expect(trace.header).toContain(`;${decision}`);
  });

  it.each([ROOT, `${ROOT};Sampled=?`, "nonsense", undefined])("is ours, given %j", (given) => {
    expect(functionTrace("Active", given, always).header).toContain(";Sampled=1");
    expect(functionTrace("Active", given, never).header).toContain(";Sampled=0");
  });
});

describe("a function that is not traced carries the trace on", () => {
  it.each([ROOT, `${ROOT};${PARENT};Sampled=1`])("called with %s", (given) => {
    const { header, sampled } = functionTrace("PassThrough", given, always);
    expect(header).toBe(given);
    expect(sampled).toBe(false);
  });

  it("called without one", () => {
    const { header } = functionTrace("PassThrough", undefined, always);
    expect(header).toMatch(new RegExp(`^${NEW_ROOT}$`));
  });
});
