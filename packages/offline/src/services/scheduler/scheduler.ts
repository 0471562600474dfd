import { randomUUID } from "node:crypto";
import type { Clock } from "../../util/clock.ts";
import type { Schedule } from "./resources.ts";
import { type NextRun, nextRunOf } from "./schedule-expression.ts";

export interface SchedulerOptions {
  schedules: Schedule[];
  /** Invokes a function asynchronously; throws or rejects when Lambda does not accept the event. */
  invoke(functionArn: string, payload: string): void | Promise<void>;
  /** Sends an event that could not be delivered to a dead-letter queue. */
  sendToQueue(queueArn: string, body: string, attributes: Record<string, string>): Promise<void>;
  clock: Clock;
  log: (line: string) => void;
}

/**
 * The longest timer, in milliseconds. After the computer slept, a schedule is late by at most this
 * time, and no timer exceeds Node's maximum of 24 days.
 */
const MAX_TIMER_MS = 60_000;

/** Pause before the first retry; it doubles with each retry. AWS does not document its own pauses. */
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 5 * 60_000;

/**
 * Starts EventBridge Scheduler: invokes functions at the times of their schedules. Runs that are
 * missed while the computer sleeps or the runtime is stopped are skipped.
 *
 * Lambda is invoked asynchronously, so a schedule's retries and dead-letter queue apply to events
 * that Lambda does not accept. When the function fails, Lambda retries.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 *
 * @throws {UserError} An expression is not valid.
 */
export function startScheduler(options: SchedulerOptions): { close(): Promise<void> } {
  const { schedules, invoke, sendToQueue, clock, log } = options;
  const timers = new Set<() => void>();
  let isClosed = false;

  function scheduleNext(schedule: Schedule, nextRun: NextRun, after: Date) {
    const time = nextRun(after);
    if (!time) return;
    runAt(time.getTime(), () => {
      void deliver({ schedule, time, attempt: 1 });
      scheduleNext(schedule, nextRun, new Date(Math.max(clock.now(), time.getTime())));
    });
  }

  function runAt(time: number, run: () => void) {
    const wait = Math.max(Math.min(time - clock.now(), MAX_TIMER_MS), 0);
    const cancel = clock.schedule(() => {
      timers.delete(cancel);
      if (clock.now() < time) runAt(time, run);
      else run();
    }, wait);
    timers.add(cancel);
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const { schedule, attempt } = delivery;
    const executionId = randomUUID();
    const input = insertContext(delivery, executionId);
    try {
      await invoke(schedule.targetArn, input);
    } catch (error) {
      if (isClosed) return;
      const { name, message } = error as Error;
      if (attempt === 1) log(`The schedule ${schedule.name} cannot invoke its target: ${message}`);
      if (attempt > schedule.maximumRetryAttempts) {
        const failure = { ERROR_CODE: name, ERROR_MESSAGE: message, EXECUTION_ID: executionId };
        return giveUp(delivery, input, failure);
      }
      const pause = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), MAX_RETRY_MS);
      runAt(clock.now() + pause, () => void deliver({ ...delivery, attempt: attempt + 1 }));
    }
  }

  async function giveUp(delivery: Delivery, input: string, failure: Record<string, string>) {
    const { schedule, time, attempt } = delivery;
    if (schedule.deadLetterArn === undefined) return;
    await sendToQueue(schedule.deadLetterArn, input, {
      ...failure,
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
      IS_PAYLOAD_TRUNCATED: "false",
      RETRY_ATTEMPTS: String(attempt - 1),
      SCHEDULED_TIME: formatSeconds(time),
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: schedule.targetArn,
    }).catch((error: Error) => {
      log(`The schedule ${schedule.name} cannot send to its dead-letter queue: ${error.message}`);
    });
  }

  // All expressions are parsed before the first timer starts.
  const planned = schedules
    .filter(({ enabled }) => enabled)
    .map((schedule) => ({ schedule, nextRun: nextRunOf(schedule) }));
  const now = new Date(clock.now());
  for (const { schedule, nextRun } of planned) scheduleNext(schedule, nextRun, now);

  return {
    async close() {
      isClosed = true;
      for (const cancel of timers) cancel();
    },
  };
}

/** An attempt to deliver one run of a schedule. */
interface Delivery {
  schedule: Schedule;
  /** The scheduled time. */
  time: Date;
  attempt: number;
}

/**
 * Replaces the context attributes in a schedule's input.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function insertContext({ schedule, time, attempt }: Delivery, executionId: string): string {
  return schedule.input
    .replaceAll("<aws.scheduler.schedule-arn>", schedule.arn)
    .replaceAll("<aws.scheduler.scheduled-time>", formatSeconds(time))
    .replaceAll("<aws.scheduler.execution-id>", executionId)
    .replaceAll("<aws.scheduler.attempt-number>", String(attempt));
}

/** Formats a time like AWS: `2022-03-22T18:59:43Z`. */
function formatSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
