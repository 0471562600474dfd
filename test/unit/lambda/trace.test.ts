import { describe, expect, test } from "vitest";
import { functionTrace } from "../../../packages/offline/src/lambda/trace.ts";

const ROOT = "Root=1-5e6722a7-cc56a0042db740459ae51dcf";
const PARENT = "Parent=53995c3f42cd8ad8";
const NEW_ROOT = "Root=1-[0-9a-f]{8}-[0-9a-f]{24}";

describe("a function that is traced is its own parent", () => {
  test.each([
    [ROOT, ROOT, "Sampled=0"],
    [`${ROOT};Sampled=1`, ROOT, "Sampled=1"],
    [`${ROOT};Sampled=?`, ROOT, "Sampled=0"],
    [`Self=1-1-1;${ROOT};${PARENT};Sampled=1`, ROOT, "Sampled=1"],
    [`Sampled=0; ${ROOT}`, ROOT, "Sampled=0"],
    ["nonsense", NEW_ROOT, "Sampled=0"],
    [undefined, NEW_ROOT, "Sampled=0"],
  ])("called with %j", (given, root, sampled) => {
    const header = functionTrace("Active", given);
    expect(header).toMatch(new RegExp(`^${root};Parent=[0-9a-f]{16};${sampled}$`));
    expect(header).not.toContain(PARENT);
    expect(functionTrace("Active", given)).not.toBe(header);
  });
});

describe("a function that is not traced carries the trace on", () => {
  test.each([ROOT, `${ROOT};${PARENT};Sampled=1`])("called with %s", (given) => {
    expect(functionTrace("PassThrough", given)).toBe(given);
  });

  test("called without one", () => {
    expect(functionTrace("PassThrough")).toMatch(new RegExp(`^${NEW_ROOT}$`));
  });
});
