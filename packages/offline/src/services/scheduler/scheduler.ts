import { randomUUID } from "node:crypto";
import type { Schedule } from "./resources.ts";
import { type NextRun, nextRunOf } from "./schedule-expression.ts";

export interface SchedulerOptions {
  schedules: Schedule[];
  /** Invokes a function asynchronously; throws (or rejects) when Lambda does not take the event. */
  invoke(functionArn: string, payload: string): void | Promise<void>;
  /** Puts what could not be delivered into a dead-letter queue. */
  sendToQueue(queueArn: string, body: string, attributes: Record<string, string>): Promise<void>;
  log: (line: string) => void;
}

/**
 * Times are looked at again after this many milliseconds, so that a schedule is not late by as long
 * as the computer slept, and no timer is longer than Node's 24 days.
 */
const MAX_WAIT = 60_000;

/** Milliseconds before the first retry, doubled each time, and at most. AWS does not tell its own. */
const FIRST_RETRY = 1000;
const MAX_RETRY = 5 * 60_000;

/**
 * EventBridge Scheduler: invokes functions at the times that schedules say. Runs that are missed
 * while the computer sleeps or the runtime is off are not made up for.
 *
 * Lambda is invoked asynchronously, so a schedule's retries and dead-letter queue are for events
 * that Lambda does not take; when the *function* fails, retrying is Lambda's business.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 *
 * @throws {UserError} An expression cannot be read.
 */
export function startScheduler(options: SchedulerOptions): { close(): Promise<void> } {
  const { schedules, invoke, sendToQueue, log } = options;
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  function plan(schedule: Schedule, next: NextRun, after: Date) {
    const time = next(after);
    if (!time) return;
    when(time.getTime(), () => {
      void deliver({ schedule, time, attempt: 1 });
      plan(schedule, next, new Date(Math.max(Date.now(), time.getTime())));
    });
  }

  function when(time: number, run: () => void) {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        if (Date.now() < time) when(time, run);
        else run();
      },
      Math.max(Math.min(time - Date.now(), MAX_WAIT), 0),
    );
    timers.add(timer);
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const { schedule, attempt } = delivery;
    const executionId = randomUUID();
    const input = withContext(delivery, executionId);
    try {
      await invoke(schedule.targetArn, input);
    } catch (error) {
      if (closed) return;
      const { name, message } = error as Error;
      if (attempt === 1) log(`The schedule ${schedule.name} cannot invoke its target: ${message}`);
      if (attempt > schedule.maximumRetryAttempts) {
        const failure = { ERROR_CODE: name, ERROR_MESSAGE: message, EXECUTION_ID: executionId };
        return giveUp(delivery, input, failure);
      }
      const delay = Math.min(FIRST_RETRY * 2 ** (attempt - 1), MAX_RETRY);
      when(Date.now() + delay, () => void deliver({ ...delivery, attempt: attempt + 1 }));
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
      SCHEDULED_TIME: seconds(time),
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: schedule.targetArn,
    }).catch((error: Error) => {
      log(`The schedule ${schedule.name} cannot reach its dead-letter queue: ${error.message}`);
    });
  }

  const planned = schedules
    .filter(({ enabled }) => enabled)
    .map((schedule) => ({ schedule, next: nextRunOf(schedule) }));
  for (const { schedule, next } of planned) plan(schedule, next, new Date());

  return {
    async close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** One run of a schedule. */
interface Delivery {
  schedule: Schedule;
  /** When it was to run. */
  time: Date;
  attempt: number;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function withContext({ schedule, time, attempt }: Delivery, executionId: string): string {
  return schedule.input
    .replaceAll("<aws.scheduler.schedule-arn>", schedule.arn)
    .replaceAll("<aws.scheduler.scheduled-time>", seconds(time))
    .replaceAll("<aws.scheduler.execution-id>", executionId)
    .replaceAll("<aws.scheduler.attempt-number>", String(attempt));
}

/** As AWS writes times: `2022-03-22T18:59:43Z`. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
