import { formatFunctionError } from "@petstore/offline/cli/function-errors";
import { describe, expect, it } from "vitest";

const frames = ["at one (a.ts:1:2)", "at two (b.ts:3:4)", "at three (c.ts:5:6)", "at four (d.ts)"];
const stack = ["Error: no", ...frames.map((frame) => `    ${frame}`)];

describe("formatFunctionError", () => {
  it("formats a logger's error with its first stack frames", () => {
    const error = { name: "TypeError", message: "not a pet", stack: stack.join("\n") };
    const line = JSON.stringify({ level: "ERROR", message: "message failed", error });
    expect(formatFunctionError(line, "stdout")).toBe(
      ["ERROR message failed TypeError: not a pet", ...stack.slice(1, 4)].join("\n"),
    );
  });

  it("formats an error in Lambda's JSON log format", () => {
    const fields = { errorType: "RangeError", errorMessage: "too far", stackTrace: stack };
    expect(formatFunctionError(JSON.stringify({ level: "ERROR", ...fields }), "stderr")).toBe(
      ["ERROR RangeError: too far", ...stack.slice(1, 4)].join("\n"),
    );
  });

  it.each([
    ["2026-11-21T05:24:32.012Z\tid\tERROR\tInvoke Error \r{}", "ERROR Invoke Error \n{}"],
    ["2026-11-21T05:24:32.012Z\tundefined\tWARN\tsoon", "WARN soon"],
    ['{"level":"warn","message":{"a":1}}', 'WARN {"a":1}'],
    ["(node:1) Warning: old", "(node:1) Warning: old"],
  ])("formats %j", (line, text) => {
    expect(formatFunctionError(line, "stderr")).toBe(text);
  });

  it.each([
    "2026-11-21T05:24:32.012Z\tid\tINFO\tERROR is not what this is",
    '{"level":"INFO","message":"ERROR"}',
    "plain output",
    "{broken",
    "",
  ])("returns undefined for %j", (line) => {
    expect(formatFunctionError(line, "stdout")).toBeUndefined();
  });
});
