import { exitFailure } from "@petstore/offline/services/lambda/failure";
import { formatReport } from "@petstore/offline/services/lambda/process/log-lines";
import { describe, expect, it } from "vitest";

const report = { requestId: "r1", duration: 1.234, memorySize: 128, maxMemoryUsed: 60 };

describe("Lambda's log lines", () => {
  it("formats the report of a warm invocation", () => {
    expect(formatReport(report)).toBe(
      "REPORT RequestId: r1\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB",
    );
  });

  it("bills the init phase of a cold start", () => {
    expect(formatReport({ ...report, initDuration: 100.9 })).toMatch(
      /\tBilled Duration: 103 ms\t.*\tInit Duration: 100.90 ms$/,
    );
  });

  it("reports the status of an invocation whose process ended", () => {
    expect(formatReport({ ...report, errorType: "Sandbox.Timedout" })).toMatch(
      /\tStatus: timeout$/,
    );
    expect(formatReport({ ...report, errorType: "Runtime.OutOfMemory" })).toMatch(
      /\tStatus: error\tError Type: Runtime.OutOfMemory$/,
    );
  });

  it.each([
    [1, null, "Runtime exited with error: exit status 1"],
    [0, null, "Runtime exited without providing a reason"],
    [null, "SIGKILL", "Runtime exited with error: signal: killed"],
    [null, "SIGUSR2", "Runtime exited with error: signal: SIGUSR2"],
  ] as const)("describes exit code %s and signal %s", (code, signal, errorMessage) => {
    expect(exitFailure(code, signal)).toEqual({ errorType: "Runtime.ExitError", errorMessage });
  });
});
