import * as z from "zod";
import type { Queue } from "../resources.ts";

const Attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

/** A message, as `ReceiveMessage` answers it. */
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
 * A message, as functions get it.
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
 * A record, as filters see it: they look into a body that is JSON, and take any other as a string.
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
