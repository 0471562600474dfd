import { exited } from "@petstore/offline/services/lambda/failure";
import { reportLine } from "@petstore/offline/services/lambda/process/report";
import { expect, it } from "vitest";

const report = { requestId: "r1", duration: 1.234, memorySize: 128, maxMemoryUsed: 60 };

it("a warm invocation", () => {
  expect(reportLine(report)).toBe(
    "REPORT RequestId: r1\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB",
  );
});

it("a cold one is billed with its init phase", () => {
  expect(reportLine({ ...report, initDuration: 100.9 })).toMatch(
    /\tBilled Duration: 103 ms\t.*\tInit Duration: 100.90 ms$/,
  );
});

it("a lost process", () => {
  expect(reportLine({ ...report, errorType: "Sandbox.Timedout" })).toMatch(/\tStatus: timeout$/);
  expect(reportLine({ ...report, errorType: "Runtime.OutOfMemory" })).toMatch(
    /\tStatus: error\tError Type: Runtime.OutOfMemory$/,
  );
});

it.each([
  [1, null, "Runtime exited with error: exit status 1"],
  [0, null, "Runtime exited without providing a reason"],
  [null, "SIGKILL", "Runtime exited with error: signal: killed"],
  [null, "SIGUSR2", "Runtime exited with error: signal: SIGUSR2"],
] as const)("exit %s %s", (code, signal, errorMessage) => {
  expect(exited(code, signal)).toEqual({ errorType: "Runtime.ExitError", errorMessage });
});
