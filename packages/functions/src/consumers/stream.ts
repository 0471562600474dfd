import { type PetChange, type StreamRecord, toPetChange } from "@petstore/core/events/pet-change";
import { logger, startSpan, withTelemetry } from "@petstore/core/telemetry";
import type { TraceContext } from "@petstore/core/trace-context";
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from "aws-lambda";

interface StreamConsumer<T> {
  /** Returns the task for a change, or nothing when the change needs none. */
  toTask: (change: PetChange) => T | undefined;
  /** Tasks in one call of `handle`. */
  batchSize: number;
  /** Handles tasks with their trace contexts. The stream can deliver a change more than once. */
  handle: (tasks: { task: T; traceContext?: TraceContext | undefined }[]) => Promise<void>;
}

/**
 * Returns a Lambda handler of the table's stream. It handles tasks in the stream's order, in batches.
 * The first batch that fails ends the invocation: the stream delivers again from its first record, so
 * the order is preserved.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const consumeStream =
  <T>(operation: string, { toTask, batchSize, handle }: StreamConsumer<T>) =>
  (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
    withTelemetry({ context, operation, line: "changes" }, async (summary) => {
      const { tasks, unreadable } = readTasks(event.Records, toTask);
      Object.assign(summary, {
        records: event.Records.length,
        tasks: tasks.length,
        correlationIds: [
          ...new Set(tasks.flatMap(({ traceContext }) => traceContext?.correlationId ?? [])),
        ],
      });
      for (let start = 0; start < tasks.length; start += batchSize) {
        const batch = tasks.slice(start, start + batchSize);
        const spans = batch.map(
          ({ traceContext }) => traceContext && startSpan(operation, traceContext),
        );
        try {
          await handle(
            batch.map(({ task }, index) => ({ task, traceContext: spans[index]?.traceContext })),
          );
          for (const span of spans) span?.end();
        } catch (error) {
          for (const span of spans) span?.end(error);
          return reportFailure((batch[0] as (typeof batch)[number]).record, error);
        }
      }
      return unreadable
        ? reportFailure(unreadable.record, unreadable.error)
        : { batchItemFailures: [] };
    });

/** Returns the tasks of the records before the first one that cannot be read, and that one. */
function readTasks<T>(records: DynamoDBRecord[], toTask: StreamConsumer<T>["toTask"]) {
  const tasks: { task: T; traceContext: TraceContext | undefined; record: DynamoDBRecord }[] = [];
  for (const record of records) {
    try {
      const change = toPetChange(record as StreamRecord);
      const task = change && toTask(change);
      if (task !== undefined) tasks.push({ task, traceContext: change?.traceContext, record });
    } catch (error) {
      return { tasks, unreadable: { record, error } };
    }
  }
  return { tasks };
}

function reportFailure({ dynamodb }: DynamoDBRecord, error: unknown): DynamoDBBatchResponse {
  const itemIdentifier = dynamodb?.SequenceNumber as string;
  logger.error("stream records failed", { error: error as Error, from: itemIdentifier });
  return { batchItemFailures: [{ itemIdentifier }] };
}
