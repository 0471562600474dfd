import { changeOf, type PetChange, type StreamRecord } from "@petstore/core/events/pet-change";
import { begin, logger, observed } from "@petstore/core/telemetry";
import type { Cause } from "@petstore/core/trace-context";
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from "aws-lambda";

interface Work<T> {
  /** What a change asks for; nothing where it asks for nothing. */
  take: (change: PetChange) => T | undefined;
  /** Tasks that are done at once. */
  size: number;
  /**
   * Does them, and passes on what caused each. They may have been done before: the stream delivers at
   * least once.
   */
  handle: (tasks: { task: T; cause?: Cause | undefined }[]) => Promise<void>;
}

/**
 * Makes a Lambda handler of the table's stream. Tasks are done in the stream's order, some at a time;
 * the first that fail end the batch: the stream comes again from there, and nothing overtakes it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const consume =
  <T>(operation: string, { take, size, handle }: Work<T>) =>
  (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
    observed({ context, operation, line: "changes" }, async (summary) => {
      const { tasks, unreadable } = read(event.Records, take);
      Object.assign(summary, {
        records: event.Records.length,
        tasks: tasks.length,
        correlationIds: [...new Set(tasks.flatMap(({ cause }) => cause?.correlationId ?? []))],
      });
      for (let start = 0; start < tasks.length; start += size) {
        const some = tasks.slice(start, start + size);
        const shares = some.map(({ cause }) => cause && begin(operation, cause));
        try {
          await handle(some.map(({ task }, index) => ({ task, cause: shares[index]?.cause })));
          for (const share of shares) share?.end();
        } catch (error) {
          for (const share of shares) share?.end(error);
          return failed((some[0] as (typeof some)[number]).record, error);
        }
      }
      return unreadable ? failed(unreadable.record, unreadable.error) : { batchItemFailures: [] };
    });

/** The tasks in the records, up to the first record that makes no sense. */
function read<T>(records: DynamoDBRecord[], take: Work<T>["take"]) {
  const tasks: { task: T; cause: Cause | undefined; record: DynamoDBRecord }[] = [];
  for (const record of records) {
    try {
      const change = changeOf(record as StreamRecord);
      const task = change && take(change);
      if (task !== undefined) tasks.push({ task, cause: change?.cause, record });
    } catch (error) {
      return { tasks, unreadable: { record, error } };
    }
  }
  return { tasks };
}

function failed({ dynamodb }: DynamoDBRecord, error: unknown): DynamoDBBatchResponse {
  const itemIdentifier = dynamodb?.SequenceNumber as string;
  logger.error("stream records failed", { error: error as Error, from: itemIdentifier });
  return { batchItemFailures: [{ itemIdentifier }] };
}
