import { ChangeMessageVisibilityCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { client } from "./send.ts";

/** Seconds. A thousand of the longest pauses take longer than SQS keeps a message. */
const LONGEST = 30 * 60;

/** A message as Lambda's poller received it. */
export interface ReceivedMessage {
  receiptHandle: string;
  body: string;
  attributes: { ApproximateReceiveCount: string; AWSTraceHeader?: string | undefined };
  messageAttributes?: Record<string, { dataType: string; stringValue?: string | undefined }>;
}

/**
 * Delays when a message is delivered again: exponentially with its receives, up to half an hour, and
 * up to a quarter less, so that messages that were postponed together do not come back together.
 *
 * @returns the delay in seconds
 */
export async function postpone(
  queueUrl: string,
  { receiptHandle, attributes }: ReceivedMessage,
): Promise<number> {
  const pause = Math.min(LONGEST, 2 ** Number(attributes.ApproximateReceiveCount));
  const VisibilityTimeout = Math.ceil(pause * (1 - Math.random() / 4));
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout,
    }),
  );
  return VisibilityTimeout;
}

/** Sends a copy of a message, with its attributes and its trace header, to another queue. */
export async function copyTo(
  queueUrl: string,
  { body, attributes, messageAttributes = {} }: ReceivedMessage,
): Promise<void> {
  const { AWSTraceHeader: trace } = attributes;
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(messageAttributes).map(([name, { dataType, stringValue }]) => [
          name,
          { DataType: dataType, StringValue: stringValue },
        ]),
      ),
      ...(trace && {
        MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace } },
      }),
    }),
  );
}
