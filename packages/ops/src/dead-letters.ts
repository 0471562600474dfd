import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

const sqs = new SQSClient();

/** Messages that wait in a queue, those now invisible included. */
export async function depthOf(url: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/**
 * Takes messages out of a queue until it is empty. Each stays invisible for `seconds`, so that none
 * comes twice in that time.
 */
export async function* receiveAll(url: string, seconds: number): AsyncGenerator<Message> {
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: seconds,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    if (Messages.length === 0) return;
    yield* Messages;
  }
}

/** Makes a message that was received visible again. */
export async function release({ ReceiptHandle }: Message, url: string): Promise<void> {
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }),
  );
}

/**
 * Sends a message back with all that came with it, and only then takes it out of the dead-letter
 * queue: a crash in between has it twice, never not at all, and consumers do nothing twice.
 */
export async function replay(message: Message, from: string, to: string): Promise<void> {
  const trace = message.Attributes?.AWSTraceHeader;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: to,
      MessageBody: message.Body,
      MessageAttributes: message.MessageAttributes,
      ...(trace && {
        MessageSystemAttributes: {
          AWSTraceHeader: { DataType: "String", StringValue: trace },
        },
      }),
    }),
  );
  await sqs.send(
    new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle: message.ReceiptHandle }),
  );
}
