import type { Schedule } from "@petstore/offline/services/scheduler/resources";
import { startScheduler } from "@petstore/offline/services/scheduler/scheduler";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, vi } from "vitest";
import { createTestClock } from "../../support/clock.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = new Date("2026-01-01T00:30:00Z");

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

function start(schedules: Schedule[], invoke = vi.fn(), clock = createTestClock(START)) {
  const lines: string[] = [];
  const sendToQueue = vi.fn(async () => {});
  const scheduler = startScheduler({
    schedules,
    invoke,
    sendToQueue,
    clock,
    log: (line) => lines.push(line),
  });
  return { scheduler, invoke, sendToQueue, clock, lines };
}

const failing = () =>
  vi.fn(() => {
    throw Object.assign(new Error("no such function"), { name: "ResourceNotFoundException" });
  });

describe("the scheduler", () => {
  it("invokes the function with the schedule's input at each run", async () => {
    const { invoke, clock } = start([hourly]);
    await clock.advance(30 * MINUTE - 1);
    expect(invoke).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(invoke).toHaveBeenCalledExactlyOnceWith(target, '{"a":1}');
    await clock.advance(2 * 60 * MINUTE);
    expect(invoke).toHaveBeenCalledTimes(3);
  });

  it("neither runs nor parses a disabled schedule", async () => {
    const { invoke, clock } = start([
      { ...hourly, enabled: false },
      { ...hourly, enabled: false, expression: "?" },
    ]);
    await clock.advance(24 * 60 * MINUTE);
    expect(invoke).not.toHaveBeenCalled();
  });

  it("runs a one-time schedule once, at a time weeks ahead", async () => {
    const { invoke, clock } = start([{ ...hourly, expression: "at(2026-02-15T00:00:00)" }]);
    await clock.advance(44 * 24 * 60 * MINUTE);
    expect(invoke).not.toHaveBeenCalled();
    await clock.advance(24 * 60 * MINUTE);
    expect(invoke).toHaveBeenCalledOnce();
  });

  it("runs once for all times that it missed while the computer slept", async () => {
    const awake = createTestClock(START);
    let asleep = 0;
    const clock = { ...awake, now: () => awake.now() + asleep };
    const { invoke } = start([{ ...hourly, expression: "rate(5 minutes)" }], vi.fn(), clock);

    asleep = Date.parse("2026-01-01T09:02:00Z") - START.getTime();
    await clock.advance(MINUTE);
    expect(invoke).toHaveBeenCalledOnce();

    await clock.advance(2 * MINUTE);
    expect(invoke).toHaveBeenCalledTimes(2);
  });

  it("retries an event that Lambda rejects, and then sends it to the dead-letter queue", async () => {
    const invoke = failing();
    const { sendToQueue, clock, lines } = start(
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
    await clock.advance(30 * MINUTE);
    expect(invoke).toHaveBeenCalledTimes(1);
    await clock.advance(SECOND);
    expect(invoke).toHaveBeenCalledTimes(2);
    await clock.advance(2 * SECOND - 1);
    expect(sendToQueue).not.toHaveBeenCalled();
    await clock.advance(1);
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
    await clock.advance(60 * MINUTE);
    expect(invoke).toHaveBeenCalledTimes(3);
  });

  it("drops a rejected event without a dead-letter queue, and continues", async () => {
    const invoke = failing();
    const { sendToQueue, clock } = start([hourly], invoke);
    await clock.advance(90 * MINUTE);
    expect(invoke).toHaveBeenCalledTimes(2);
    expect(sendToQueue).not.toHaveBeenCalled();
  });

  it("replaces context attributes in the input", async () => {
    const input = JSON.stringify({
      schedule: "<aws.scheduler.schedule-arn>",
      time: "<aws.scheduler.scheduled-time>",
      id: "<aws.scheduler.execution-id>",
      attempt: "<aws.scheduler.attempt-number>",
    });
    const { invoke, clock } = start([{ ...hourly, input }]);
    await clock.advance(30 * MINUTE);
    expect(JSON.parse(invoke.mock.lastCall?.[1])).toEqual({
      schedule: hourly.arn,
      time: "2026-01-01T01:00:00Z",
      id: expect.stringMatching(/^[\w-]{36}$/),
      attempt: "1",
    });
  });

  it("invokes nothing after close, including retries", async () => {
    const invoke = failing();
    const { scheduler, clock } = start([{ ...hourly, maximumRetryAttempts: 5 }], invoke);
    await clock.advance(30 * MINUTE);
    await scheduler.close();
    await clock.advance(24 * 60 * MINUTE);
    expect(invoke).toHaveBeenCalledOnce();
    expect(clock.pending()).toBe(0);
  });

  it("does not retry an attempt that fails after close", async () => {
    let fail = (_: Error) => {};
    const invoke = vi.fn(() => new Promise((_, reject) => (fail = reject)));
    const { scheduler, clock, lines } = start([{ ...hourly, maximumRetryAttempts: 5 }], invoke);
    await clock.advance(30 * MINUTE);
    await scheduler.close();
    fail(new Error("gone"));
    await clock.advance(24 * 60 * MINUTE);
    expect(invoke).toHaveBeenCalledOnce();
    expect(lines).toEqual([]);
  });

  it("throws a UserError for an invalid expression, and starts nothing", () => {
    const clock = createTestClock(START);
    const invalid = { ...hourly, name: "odd", expression: "cron(* * *)" };

    expect(() => start([hourly, invalid], vi.fn(), clock)).toThrow(UserError);

    expect(clock.pending()).toBe(0);
  });
});
