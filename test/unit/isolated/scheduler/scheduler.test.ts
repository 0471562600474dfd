import type { Schedule } from "@petstore/offline/services/scheduler/resources";
import { startScheduler } from "@petstore/offline/services/scheduler/scheduler";
import { UserError } from "@petstore/offline/util/user-error";
import { expect, it, onTestFinished, vi } from "vitest";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const target = "arn:aws:lambda:us-east-1:123456789012:function:warm";
const deadLetters = "arn:aws:sqs:us-east-1:123456789012:dead";
const hourly: Schedule = {
  name: "hourly",
  arn: "arn:aws:scheduler:us-east-1:123456789012:schedule/default/hourly",
  expression: "rate(1 hour)",
  timezone: "UTC",
  enabled: true,
  targetArn: target,
  roleArn: "arn:aws:iam::123456789012:role/scheduler",
  input: '{"a":1}',
  maximumRetryAttempts: 0,
};

function start(schedules: Schedule[], invoke = vi.fn()) {
  vi.useFakeTimers({ now: new Date("2026-01-01T00:30:00Z") });
  onTestFinished(() => void vi.useRealTimers());
  const lines: string[] = [];
  const sendToQueue = vi.fn(async () => {});
  const scheduler = startScheduler({
    schedules,
    invoke,
    sendToQueue,
    log: (line) => lines.push(line),
  });
  return { scheduler, invoke, sendToQueue, lines };
}

const failing = () =>
  vi.fn(() => {
    throw Object.assign(new Error("no such function"), { name: "ResourceNotFoundException" });
  });

it("a schedule invokes its function with its input, again and again", async () => {
  const { invoke } = start([hourly]);
  await vi.advanceTimersByTimeAsync(30 * MINUTE - 1);
  expect(invoke).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(invoke).toHaveBeenCalledExactlyOnceWith(target, '{"a":1}');
  await vi.advanceTimersByTimeAsync(2 * 60 * MINUTE);
  expect(invoke).toHaveBeenCalledTimes(3);
});

it("one that is disabled is not run, nor read", async () => {
  const { invoke } = start([
    { ...hourly, enabled: false },
    { ...hourly, enabled: false, expression: "?" },
  ]);
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  expect(invoke).not.toHaveBeenCalled();
});

it("one that runs once runs once, and weeks ahead at the right time", async () => {
  const { invoke } = start([{ ...hourly, expression: "at(2026-02-15T00:00:00)" }]);
  await vi.advanceTimersByTimeAsync(44 * 24 * 60 * MINUTE);
  expect(invoke).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  expect(invoke).toHaveBeenCalledOnce();
});

it("after the computer slept, a schedule runs once, not for every time it missed", async () => {
  const { invoke } = start([{ ...hourly, expression: "rate(5 minutes)" }]);
  vi.setSystemTime(new Date("2026-01-01T09:02:00Z"));
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(invoke).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(invoke).toHaveBeenCalledTimes(2);
});

it("an event that is not taken is tried again, later each time, then put into the dead-letter queue", async () => {
  const invoke = failing();
  const { sendToQueue, lines } = start(
    [
      {
        ...hourly,
        expression: "at(2026-01-01T01:00:00)",
        maximumRetryAttempts: 2,
        deadLetterArn: deadLetters,
      },
    ],
    invoke,
  );
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  expect(invoke).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(invoke).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(2 * SECOND - 1);
  expect(sendToQueue).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(invoke).toHaveBeenCalledTimes(3);
  expect(sendToQueue).toHaveBeenCalledExactlyOnceWith(deadLetters, '{"a":1}', {
    ERROR_CODE: "ResourceNotFoundException",
    ERROR_MESSAGE: "no such function",
    EXECUTION_ID: expect.any(String),
    EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
    IS_PAYLOAD_TRUNCATED: "false",
    RETRY_ATTEMPTS: "2",
    SCHEDULED_TIME: "2026-01-01T01:00:00Z",
    SCHEDULE_ARN: hourly.arn,
    TARGET_ARN: target,
  });
  expect(lines).toEqual(["The schedule hourly cannot invoke its target: no such function"]);
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(invoke).toHaveBeenCalledTimes(3);
});

it("without a dead-letter queue the event is dropped, and the schedule goes on", async () => {
  const invoke = failing();
  const { sendToQueue } = start([hourly], invoke);
  await vi.advanceTimersByTimeAsync(90 * MINUTE);
  expect(invoke).toHaveBeenCalledTimes(2);
  expect(sendToQueue).not.toHaveBeenCalled();
});

it("the input may name the run", async () => {
  const input = JSON.stringify({
    schedule: "<aws.scheduler.schedule-arn>",
    time: "<aws.scheduler.scheduled-time>",
    id: "<aws.scheduler.execution-id>",
    attempt: "<aws.scheduler.attempt-number>",
  });
  const { invoke } = start([{ ...hourly, input }]);
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  expect(JSON.parse(invoke.mock.lastCall?.[1])).toEqual({
    schedule: hourly.arn,
    time: "2026-01-01T01:00:00Z",
    id: expect.stringMatching(/^[\w-]{36}$/),
    attempt: "1",
  });
});

it("closed, it invokes nothing, not even again", async () => {
  const invoke = failing();
  const { scheduler } = start([{ ...hourly, maximumRetryAttempts: 5 }], invoke);
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  await scheduler.close();
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  expect(invoke).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it("an attempt that fails after the close is not made again", async () => {
  let fail = (_: Error) => {};
  const invoke = vi.fn(() => new Promise((_, reject) => (fail = reject)));
  const { scheduler, lines } = start([{ ...hourly, maximumRetryAttempts: 5 }], invoke);
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  await scheduler.close();
  fail(new Error("gone"));
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  expect(invoke).toHaveBeenCalledOnce();
  expect(lines).toEqual([]);
});

it("an expression that cannot be read stops the start", () => {
  expect(() => start([hourly, { ...hourly, name: "odd", expression: "cron(* * *)" }])).toThrow(
    UserError,
  );
  expect(vi.getTimerCount()).toBe(0);
});
