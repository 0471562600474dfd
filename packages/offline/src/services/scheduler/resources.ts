import * as z from "zod";
import { type Graph, readStates } from "../../graph/graph.ts";

/** An EventBridge Scheduler schedule. */
export interface Schedule {
  name: string;
  arn: string;
  /** `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2026-01-01T00:00:00)`. */
  expression: string;
  timezone: string;
  enabled: boolean;
  /** The function's ARN. */
  targetArn: string;
  /** ARN of the role that invokes the function. */
  roleArn: string;
  /** The event as JSON. */
  input: string;
  maximumRetryAttempts: number;
  /** ARN of the queue for events that could not be delivered. */
  deadLetterArn?: string;
}

const State = z.object({
  name: z.string(),
  arn: z.string(),
  scheduleExpression: z.string(),
  scheduleExpressionTimezone: z.string().default("UTC"),
  state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  target: z.object({
    arn: z.string(),
    roleArn: z.string(),
    input: z.string().default("{}"),
    retryPolicy: z.object({ maximumRetryAttempts: z.number().default(185) }).optional(),
    deadLetterConfig: z.object({ arn: z.string() }).optional(),
  }),
});

/**
 * Returns the schedules. The defaults are those of EventBridge Scheduler.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export function readSchedules(graph: Graph): Schedule[] {
  return readStates(graph, "aws:scheduler/schedule:Schedule", State).map(({ state }) => {
    const deadLetterArn = state.target.deadLetterConfig?.arn;
    return {
      name: state.name,
      arn: state.arn,
      expression: state.scheduleExpression,
      timezone: state.scheduleExpressionTimezone,
      enabled: state.state === "ENABLED",
      targetArn: state.target.arn,
      roleArn: state.target.roleArn,
      input: state.target.input,
      maximumRetryAttempts: state.target.retryPolicy?.maximumRetryAttempts ?? 185,
      ...(deadLetterArn && { deadLetterArn }),
    };
  });
}
