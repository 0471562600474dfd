import { createHash } from "node:crypto";
import * as z from "zod";
import type { InvokeResult } from "../../../runtime/invocation.ts";
import type { StreamRecord } from "./client.ts";

/**
 * Converts a record to one of the function's event. Its id is derived from the shard and the sequence
 * number, so it is unique and the same for all readers; the engines' ids are unique at most within a
 * stream.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 *
 * @param eventSourceArn the stream's ARN in the graph
 * @param shard the shard and the stream's ARN in the engine
 */
export function toEventRecord(
  { eventName, eventVersion, userIdentity, dynamodb }: StreamRecord,
  eventSourceArn: string,
  shard: { streamArn: string; shardId: string },
) {
  const identity = [shard.streamArn, shard.shardId, dynamodb.SequenceNumber].join();
  return {
    eventID: createHash("md5").update(identity).digest("hex"),
    eventName,
    eventVersion,
    eventSource: "aws:dynamodb",
    awsRegion: eventSourceArn.split(":")[3],
    dynamodb,
    ...(userIdentity && { userIdentity }),
    eventSourceARN: eventSourceArn,
  };
}

type CompletedResult = Exclude<InvokeResult, { kind: "throttled" }>;

const Response = z
  .object({
    batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
  })
  .nullish();

export interface BatchResult {
  /** How many records were processed, counted from the first. */
  processed: number;
  /** Whether the function reported the next record as failed. */
  isReported: boolean;
}

/**
 * Reads from the result of an invocation how many records were processed. With
 * `ReportBatchItemFailures`, the failed record with the lowest sequence number counts, and a response
 * that is not valid fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 *
 * @param partialResponses whether the mapping has `ReportBatchItemFailures`
 */
export function readBatchResult(
  result: CompletedResult,
  records: { sequenceNumber: string }[],
  partialResponses: boolean,
): BatchResult {
  const none = { processed: 0, isReported: false };
  const all = { processed: records.length, isReported: false };
  if (result.kind === "error") return none;
  if (!partialResponses) return all;
  const response = Response.safeParse(parsePayload(result.payload));
  if (!response.success) return none;
  const failed = (response.data?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    records.findIndex(({ sequenceNumber }) => sequenceNumber === itemIdentifier),
  );
  if (failed.length === 0) return all;
  return failed.includes(-1) ? none : { processed: Math.min(...failed), isReported: true };
}

/** Returns why an invocation processed no record, for the log. */
export function describeFailure(result: CompletedResult): string {
  return result.kind === "error"
    ? `${result.errorType} ${result.errorMessage}`
    : "the function reported its first record, or no record of the batch";
}

function parsePayload(payload: string): unknown {
  try {
    return payload === "" ? undefined : JSON.parse(payload);
  } catch {
    return payload;
  }
}
