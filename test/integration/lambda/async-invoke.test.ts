import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Invoke, InvokeResult } from "@petstore/offline/runtime/invocation";
import { startAsyncInvoke } from "@petstore/offline/services/lambda/async-invoke";
import { expect, it, onTestFinished, vi } from "vitest";
import { lambdaFunction } from "./harness.ts";

const functions = [lambdaFunction("Warm")];
const arn = functions[0]?.arn as string;

const done: InvokeResult = { kind: "response", payload: "null" };
const failed: InvokeResult = { kind: "error", errorType: "Error", errorMessage: "boom" };
const throttled: InvokeResult = { kind: "throttled" };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "async-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The queue over a function that ends as told, in order, and well when nothing is told any more. */
function start(results: InvokeResult[], stateDir = folder(), delays = {}) {
  const lines: string[] = [];
  const invoke = vi.fn<Invoke>(async () => results.shift() ?? done);
  const queue = startAsyncInvoke({
    functions,
    stateDir,
    invoke,
    log: (line) => lines.push(line),
    ...delays,
  });
  onTestFinished(() => queue.close());
  return { queue, invoke, lines, stateDir };
}

/** With Lambda's own delays, on a clock that the test moves. */
function startOnClock(results: InvokeResult[]) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  onTestFinished(() => void vi.useRealTimers());
  return start(results);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

it("an event is run once, as the invocation it was accepted as", async () => {
  const { queue, invoke } = startOnClock([]);
  queue.accept(arn, '{"a":1}', { requestId: "r-1", traceHeader: "Root=1" });
  await vi.advanceTimersByTimeAsync(0);
  expect(invoke).toHaveBeenCalledExactlyOnceWith(arn, '{"a":1}', {
    requestId: "r-1",
    traceHeader: "Root=1",
  });
  await vi.advanceTimersByTimeAsync(7 * HOUR);
  expect(invoke).toHaveBeenCalledOnce();
});

it("a function that fails gets the event again after one and two minutes, under the same id", async () => {
  const { queue, invoke, lines } = startOnClock([failed, failed, failed]);
  queue.accept(arn, "{}", { requestId: "r-1" });
  await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(MINUTE - 1);
  expect(invoke).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(invoke).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(2 * MINUTE - 1);
  expect(invoke).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(invoke).toHaveBeenCalledTimes(3);
  expect(invoke.mock.calls.map(([, , options]) => options?.requestId)).toEqual(
    Array(3).fill("r-1"),
  );
  expect(lines).toEqual(["Dropped an event for Warm after 3 attempts: boom"]);
  await vi.advanceTimersByTimeAsync(7 * HOUR);
  expect(invoke).toHaveBeenCalledTimes(3);
});

it("being throttled does not count as a failure, and is tried again ever more slowly", async () => {
  const { queue, invoke, lines } = startOnClock([...Array(5).fill(throttled), failed, failed]);
  queue.accept(arn, "{}");
  await vi.advanceTimersByTimeAsync((1 + 2 + 4 + 8) * SECOND);
  expect(invoke).toHaveBeenCalledTimes(5);
  await vi.advanceTimersByTimeAsync(16 * SECOND + 3 * MINUTE);
  expect(invoke).toHaveBeenCalledTimes(8);
  expect(lines).toEqual([]);
});

it("an event that is throttled for six hours is dropped", async () => {
  const { queue, invoke, lines } = startOnClock(Array(1000).fill(throttled));
  queue.accept(arn, "{}");
  await vi.advanceTimersByTimeAsync(7 * HOUR);
  expect(lines).toEqual([expect.stringMatching(/^Dropped an event for Warm .*: throttled$/)]);
  // 9 tries in the first 5 minutes, then one every 5 minutes.
  expect(invoke.mock.calls.length).toBeGreaterThan(6 * 12);
  expect(invoke.mock.calls.length).toBeLessThan(6 * 12 + 12);
});

it("there is no such function", () => {
  const { queue } = start([]);
  expect(() => queue.accept("arn:of:nothing", "{}")).toThrow("Function not found: arn:of:nothing");
});

it("what was not done at the end is done by the next runtime; what was done is not", async () => {
  const first = start([done, failed], undefined, { retryDelays: [HOUR] });
  first.queue.accept(arn, "1", { requestId: "done" });
  first.queue.accept(arn, "2", { requestId: "failed" });
  await vi.waitFor(() => expect(first.invoke).toHaveBeenCalledTimes(2));
  // In the middle of its work, and answering too late.
  let answer = (_: InvokeResult) => {};
  first.invoke.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
  first.queue.accept(arn, "3", { requestId: "running" });
  await vi.waitFor(() => expect(first.invoke).toHaveBeenCalledTimes(3));
  await first.queue.close();
  answer(done);

  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: Date.now() });
  onTestFinished(() => void vi.useRealTimers());
  const second = start([failed, failed], first.stateDir, { retryDelays: [HOUR] });
  await vi.advanceTimersByTimeAsync(0);
  expect(second.invoke.mock.calls).toEqual([[arn, "3", { requestId: "running" }]]);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(second.invoke.mock.calls.map(([, payload]) => payload)).toEqual(["3", "2", "3"]);
  // The failure before the restart counts.
  expect(second.lines).toEqual(["Dropped an event for Warm after 2 attempts: boom"]);
});

it("an event that was accepted survives kill -9 right after", async () => {
  const stateDir = folder();
  const url = import.meta.resolve("@petstore/offline/services/lambda/async-invoke");
  const child = spawn(process.execPath, [
    "--input-type=module",
    "--eval",
    `import { startAsyncInvoke } from ${JSON.stringify(url)};
     const queue = startAsyncInvoke({
       functions: ${JSON.stringify(functions)},
       stateDir: ${JSON.stringify(stateDir)},
       invoke: () => new Promise(() => {}),
       log: console.error,
     });
     for (let i = 0; i < 100; i++) queue.accept(${JSON.stringify(arn)}, String(i));
     process.kill(process.pid, "SIGKILL");`,
  ]);
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");

  const { invoke } = start([], stateDir);
  await vi.waitFor(() => expect(invoke).toHaveBeenCalledTimes(100));
  const payloads = invoke.mock.calls.map(([, payload]) => Number(payload)).sort((a, b) => a - b);
  expect(payloads).toEqual(Array.from({ length: 100 }, (_, i) => i));
});
