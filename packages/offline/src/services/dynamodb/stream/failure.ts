import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { InvokeResult } from "../../../runtime/invocation.ts";

export type Condition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/**
 * What the on-failure destination hears of records that were given up: where they are in the
 * stream, not what they say.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 *
 * @param last the last invocation; missing when the records were given up without one
 */
export function failureMessage(
  records: { sequenceNumber: string; createdAt: number }[],
  about: {
    source: EventSourceMapping;
    shardId: string;
    condition: Condition;
    attempts: number;
    last?: { requestId: string; result: InvokeResult } | undefined;
  },
): string {
  const first = records[0];
  const final = records.at(-1);
  const { source, shardId, condition, attempts, last } = about;
  return JSON.stringify({
    requestContext: {
      ...(last && { requestId: last.requestId }),
      functionArn: source.functionArn,
      condition,
      approximateInvokeCount: attempts,
    },
    ...(last && {
      responseContext: {
        statusCode: 200,
        executedVersion: "$LATEST",
        ...(last.result.kind === "error" && { functionError: "Unhandled" }),
      },
    }),
    version: "1.0",
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: final?.sequenceNumber,
      approximateArrivalOfFirstRecord: seconds(first?.createdAt),
      approximateArrivalOfLastRecord: seconds(final?.createdAt),
      batchSize: records.length,
      streamArn: source.eventSourceArn,
    },
  });
}

const seconds = (time = 0) => `${new Date(time).toISOString().slice(0, 19)}Z`;
