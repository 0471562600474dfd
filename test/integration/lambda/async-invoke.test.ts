import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Invoke, InvokeResult } from "@petstore/offline/runtime/invocation";
import { startAsyncInvoke } from "@petstore/offline/services/lambda/async-invoke";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createTestClock } from "../../support/clock.ts";
import { lambdaFunction } from "./harness.ts";

const functions = [lambdaFunction("Warm")];
const arn = functions[0]?.arn as string;

const done: InvokeResult = { kind: "response", payload: "null" };
const failed: InvokeResult = { kind: "error", errorType: "Error", errorMessage: "boom" };
const throttled: InvokeResult = { kind: "throttled" };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "async-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Starts the queue of a function that returns `results` in order, then only `done`. */
function start(
  results: InvokeResult[],
  { stateDir = folder(), clock = createTestClock(), ...delays } = {} as {
    stateDir?: string;
    clock?: ReturnType<typeof createTestClock>;
    retryDelays?: number[];
  },
) {
  const lines: string[] = [];
  const invoke = vi.fn<Invoke>(async () => results.shift() ?? done);
  const log = (line: string) => lines.push(line);
  const queue = startAsyncInvoke({ functions, stateDir, invoke, clock, log, ...delays });
  onTestFinished(() => queue.close());
  return { queue, invoke, lines, clock, stateDir };
}

describe("an asynchronous invocation", () => {
  it("runs once, with the payload, request id and trace it was accepted with", async () => {
    const { queue, invoke, clock } = start([]);

    queue.accept(arn, '{"a":1}', { requestId: "r-1", traceHeader: "Root=1" });

    await clock.advance(0);
    expect(invoke).toHaveBeenCalledExactlyOnceWith(arn, '{"a":1}', {
      requestId: "r-1",
      traceHeader: "Root=1",
    });
    await clock.advance(7 * HOUR);
    expect(invoke).toHaveBeenCalledOnce();
  });

  it("is retried after one and two minutes with the same request id when the function fails", async () => {
    const { queue, invoke, lines, clock } = start([failed, failed, failed]);

    queue.accept(arn, "{}", { requestId: "r-1" });

    await clock.advance(0);
    await clock.advance(MINUTE - 1);
    expect(invoke).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(invoke).toHaveBeenCalledTimes(2);
    await clock.advance(2 * MINUTE - 1);
    expect(invoke).toHaveBeenCalledTimes(2);
    await clock.advance(1);
    expect(invoke).toHaveBeenCalledTimes(3);
    expect(invoke.mock.calls.map(([, , options]) => options?.requestId)).toEqual(
      Array(3).fill("r-1"),
    );
    expect(lines).toEqual(["Dropped an event for Warm after 3 attempts: boom"]);
    await clock.advance(7 * HOUR);
    expect(invoke).toHaveBeenCalledTimes(3);
  });

  it("is retried after increasing delays when throttled, which does not count as a failure", async () => {
    const { queue, invoke, lines, clock } = start([...Array(5).fill(throttled), failed, failed]);

    queue.accept(arn, "{}");

    await clock.advance((1 + 2 + 4 + 8) * SECOND);
    expect(invoke).toHaveBeenCalledTimes(5);
    await clock.advance(16 * SECOND + 3 * MINUTE);
    expect(invoke).toHaveBeenCalledTimes(8);
    expect(lines).toEqual([]);
  });

  it("is dropped after six hours of throttling", async () => {
    const { queue, invoke, lines, clock } = start(Array(1000).fill(throttled));

    queue.accept(arn, "{}");

    await clock.advance(7 * HOUR);
    expect(lines).toEqual([expect.stringMatching(/^Dropped an event for Warm .*: throttled$/)]);
    // 9 attempts in the first 5 minutes, then one every 5 minutes.
    expect(invoke.mock.calls.length).toBeGreaterThan(6 * 12);
    expect(invoke.mock.calls.length).toBeLessThan(6 * 12 + 12);
  });

  it("is rejected when there is no such function", () => {
    const { queue } = start([]);

    expect(() => queue.accept("arn:of:nothing", "{}")).toThrow(
      "Function not found: arn:of:nothing",
    );
  });
});

describe("a restart", () => {
  it("continues with unfinished events and their failures, and does not repeat finished ones", async () => {
    const first = start([done, failed], { retryDelays: [HOUR] });
    first.queue.accept(arn, "1", { requestId: "done" });
    first.queue.accept(arn, "2", { requestId: "failed" });
    await first.clock.advance(0);
    expect(first.invoke).toHaveBeenCalledTimes(2);
    // It is running at the end, and responds too late.
    const late = Promise.withResolvers<InvokeResult>();
    first.invoke.mockImplementation(() => late.promise);
    first.queue.accept(arn, "3", { requestId: "running" });
    await first.clock.advance(0);
    expect(first.invoke).toHaveBeenCalledTimes(3);
    await first.queue.close();
    late.resolve(done);

    const { stateDir } = first;
    const clock = createTestClock(first.clock.now());
    const second = start([failed, failed], { stateDir, clock, retryDelays: [HOUR] });

    await clock.advance(0);
    expect(second.invoke.mock.calls).toEqual([[arn, "3", { requestId: "running" }]]);
    await clock.advance(HOUR);
    expect(second.invoke.mock.calls.map(([, payload]) => payload)).toEqual(["3", "2", "3"]);
    // Includes the failure before the restart.
    expect(second.lines).toEqual(["Dropped an event for Warm after 2 attempts: boom"]);
  });

  it("runs every accepted event, even after SIGKILL directly after the last one", async () => {
    const stateDir = folder();
    const url = import.meta.resolve("@petstore/offline/services/lambda/async-invoke");
    const clockUrl = import.meta.resolve("@petstore/offline/util/clock");
    const child = spawn(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { startAsyncInvoke } from ${JSON.stringify(url)};
       import { systemClock } from ${JSON.stringify(clockUrl)};
       const queue = startAsyncInvoke({
         functions: ${JSON.stringify(functions)},
         stateDir: ${JSON.stringify(stateDir)},
         invoke: () => new Promise(() => {}),
         clock: systemClock,
         log: console.error,
       });
       for (let i = 0; i < 100; i++) queue.accept(${JSON.stringify(arn)}, String(i));
       process.kill(process.pid, "SIGKILL");`,
    ]);
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGKILL");

    const { invoke, clock } = start([], { stateDir, clock: createTestClock(Date.now()) });

    await clock.advance(SECOND);
    const payloads = invoke.mock.calls.map(([, payload]) => Number(payload)).sort((a, b) => a - b);
    expect(payloads).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});
