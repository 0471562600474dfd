import * as z from "zod";
import type { InvokeResult } from "../../../runtime/invocation.ts";
import type { Queue } from "../resources.ts";

const Attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

/** A message in the response of `ReceiveMessage`. */
export const Message = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), Attribute).default({}),
  MD5OfMessageAttributes: z.string().optional(),
});
export type Message = z.infer<typeof Message>;

export type QueueRecord = ReturnType<typeof toRecord>;

/**
 * Converts a message to a record of the function's event.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function toRecord({ arn }: Pick<Queue, "arn">, message: Message) {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes).map(([name, attribute]) => [
        name,
        {
          stringValue: attribute.StringValue,
          binaryValue: attribute.BinaryValue,
          stringListValues: [],
          binaryListValues: [],
          dataType: attribute.DataType,
        },
      ]),
    ),
    md5OfMessageAttributes: message.MD5OfMessageAttributes,
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: arn.split(":")[3],
  };
}

/**
 * Converts a record to what event filters match against: its body is an object if it is the JSON of
 * an object or array, otherwise a string.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function toFilterable(record: QueueRecord): object {
  return { ...record, body: parseBody(record.body) };
}

function parseBody(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : body;
  } catch {
    return body;
  }
}

export interface BatchResult {
  /** The records to delete from the queue. */
  processed: QueueRecord[];
  /** Why the function's response is not valid. */
  error?: string;
}

const Response = z
  .object({
    batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
  })
  .nullable();

/**
 * Reads from the result of an invocation which records were processed. A function error fails the
 * whole batch. With `ReportBatchItemFailures`, so does a response that names a message which is not
 * in the batch, or that is not valid.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 *
 * @param partialResponses whether the mapping has `ReportBatchItemFailures`
 */
export function readBatchResult(
  records: QueueRecord[],
  result: InvokeResult,
  partialResponses: boolean,
): BatchResult {
  if (result.kind !== "response") return { processed: [] };
  if (!partialResponses) return { processed: records };

  const response = parseResponse(result.payload);
  if (!response.success) {
    return { processed: [], error: "the response has no valid batchItemFailures" };
  }
  const failed = new Set(response.data?.batchItemFailures?.map((item) => item.itemIdentifier));
  const processed = records.filter(({ messageId }) => !failed.has(messageId));
  if (processed.length + failed.size !== records.length) {
    return { processed: [], error: "batchItemFailures names a message that is not in the batch" };
  }
  return { processed };
}

function parseResponse(payload: string) {
  try {
    return Response.safeParse(JSON.parse(payload));
  } catch {
    return Response.safeParse(undefined);
  }
}
