import * as z from "zod";
import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { InvokeResult } from "../../../runtime/invocation.ts";

export type Condition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

export interface FailureDetails {
  mapping: EventSourceMapping;
  shardId: string;
  condition: Condition;
  attempts: number;
  /** Undefined when the records were given up without an invocation. */
  lastInvocation?: { requestId: string; result: InvokeResult } | undefined;
  /** When the records were given up, in milliseconds since the epoch. */
  now: number;
}

/**
 * Returns the message to the on-failure destination about records that were given up. It contains
 * their position in the stream, not their content.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function failureMessage(
  records: { sequenceNumber: string; createdAt: number }[],
  { mapping, shardId, condition, attempts, lastInvocation, now }: FailureDetails,
): string {
  const first = records[0];
  const last = records.at(-1);
  return JSON.stringify({
    requestContext: {
      ...(lastInvocation && { requestId: lastInvocation.requestId }),
      functionArn: mapping.functionArn,
      condition,
      approximateInvokeCount: attempts,
    },
    ...(lastInvocation && {
      responseContext: {
        statusCode: 200,
        executedVersion: "$LATEST",
        ...(lastInvocation.result.kind === "error" && { functionError: "Unhandled" }),
      },
    }),
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: toSeconds(first?.createdAt),
      approximateArrivalOfLastRecord: toSeconds(last?.createdAt),
      batchSize: records.length,
      streamArn: mapping.eventSourceArn,
    },
  });
}

const toSeconds = (time = 0) => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** The part of the message that identifies its records. */
const FailureMessage = z.object({
  DDBStreamBatchInfo: z.object({
    shardId: z.string(),
    startSequenceNumber: z.string().regex(/^\d+$/),
    endSequenceNumber: z.string().regex(/^\d+$/),
  }),
});
export type BatchInfo = z.output<typeof FailureMessage>["DDBStreamBatchInfo"];

/** @throws {Error} The message is not one of {@link failureMessage}. */
export function parseFailureMessage(message: string): BatchInfo {
  try {
    return FailureMessage.parse(JSON.parse(message)).DDBStreamBatchInfo;
  } catch {
    throw new Error("The message does not name records of a stream.");
  }
}
