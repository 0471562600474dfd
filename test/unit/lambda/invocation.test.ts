import { createFunctionTrace, createSampler } from "@petstore/offline/services/lambda/invocation";
import { describe, expect, it } from "vitest";
import { createTestClock } from "../../support/clock.ts";

const ROOT = "Root=1-5e6722a7-cc56a0042db740459ae51dcf";
const PARENT = "Parent=53995c3f42cd8ad8";
const NEW_ROOT = "Root=1-[0-9a-f]{8}-[0-9a-f]{24}";

const never = () => false;
const always = () => true;

describe("the trace of a function with active tracing", () => {
  it.each([
    [ROOT, ROOT],
    [`${ROOT};Sampled=1`, ROOT],
    [`${ROOT};Sampled=?`, ROOT],
    [`Self=1-1-1;${ROOT};${PARENT};Sampled=1`, ROOT],
    [`Sampled=0; ${ROOT}`, ROOT],
    ["nonsense", NEW_ROOT],
    [undefined, NEW_ROOT],
  ])("makes the function the parent of what it does, called with %j", (given, root) => {
    const { header, segmentId, traceId } = createFunctionTrace("Active", given, never);
    expect(header).toMatch(new RegExp(`^${root};Parent=[0-9a-f]{16};Sampled=[01]$`));
    expect(header).toMatch(new RegExp(`^Root=${traceId};Parent=${segmentId};`));
    expect(header).not.toContain(PARENT);
    expect(createFunctionTrace("Active", given, never).header).not.toBe(header);
  });

  it("has the caller's segment as parent", () => {
    const called = createFunctionTrace("Active", `${ROOT};${PARENT};Sampled=1`, never);
    expect(called.parentId).toBe("53995c3f42cd8ad8");
    expect(createFunctionTrace("Active", ROOT, never).parentId).toBeUndefined();
  });
});

describe("the sampling decision", () => {
  it.each([
    ["Sampled=1", never, true],
    ["Sampled=0", always, false],
  ])("is the caller's, given %s", (decision, sample, sampled) => {
    const trace = createFunctionTrace("Active", `${ROOT};${decision}`, sample);
    expect(trace.sampled).toBe(sampled);
    expect(trace.header).toContain(`;${decision}`);
  });

  it.each([ROOT, `${ROOT};Sampled=?`, "nonsense", undefined])("is Lambda's, given %j", (given) => {
    expect(createFunctionTrace("Active", given, always).header).toContain(";Sampled=1");
    expect(createFunctionTrace("Active", given, never).header).toContain(";Sampled=0");
  });
});

describe("the trace of a function without active tracing", () => {
  it.each([ROOT, `${ROOT};${PARENT};Sampled=1`])(
    "is passed on unchanged, called with %s",
    (given) => {
      const { header, sampled } = createFunctionTrace("PassThrough", given, always);
      expect(header).toBe(given);
      expect(sampled).toBe(false);
    },
  );

  it("is new when the caller has none", () => {
    const { header } = createFunctionTrace("PassThrough", undefined, always);
    expect(header).toMatch(new RegExp(`^${NEW_ROOT}$`));
  });
});

describe("createSampler", () => {
  it("samples the first requests of each second, and a share of the others", async () => {
    const clock = createTestClock(1_000);
    let drawn = 0;
    // 0, 0.1, 0.2, …
    const random = () => drawn++ / 10;
    const sample = createSampler({ reservoir: 2, rate: 0.25, clock, random });
    const decisions = (count: number) => Array.from({ length: count }, sample);

    expect(decisions(6)).toEqual([true, true, true, true, true, false]);
    await clock.advance(999);
    expect(decisions(2)).toEqual([false, false]);
    await clock.advance(1);
    expect(decisions(3)).toEqual([true, true, false]);
  });
});
