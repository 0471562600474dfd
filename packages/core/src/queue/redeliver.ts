import { ChangeMessageVisibilityCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { client } from "./send.ts";

/** Seconds. A thousand such delays take longer than SQS stores a message. */
const MAX_DELAY = 30 * 60;

/** A message as Lambda's poller passes it on. */
export interface ReceivedMessage {
  receiptHandle: string;
  body: string;
  attributes: { ApproximateReceiveCount: string; AWSTraceHeader?: string | undefined };
  messageAttributes?: Record<string, { dataType: string; stringValue?: string | undefined }>;
}

/**
 * Postpones the next delivery of a message. The delay grows exponentially with its receives, up to
 * half an hour, and is randomly up to a quarter shorter, so that messages that are postponed together
 * are delivered at different times.
 *
 * @returns the delay in seconds
 */
export async function postponeMessage(
  queueUrl: string,
  { receiptHandle, attributes }: ReceivedMessage,
): Promise<number> {
  const delay = Math.min(MAX_DELAY, 2 ** Number(attributes.ApproximateReceiveCount));
  const VisibilityTimeout = Math.ceil(delay * (1 - Math.random() / 4));
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
export async function copyMessage(
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
