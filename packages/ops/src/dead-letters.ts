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

/** Makes messages that were received visible again. */
export async function release(messages: Message[], url: string): Promise<void> {
  const command = ({ ReceiptHandle }: Message) =>
    new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
  await Promise.all(messages.map((message) => sqs.send(command(message))));
}

/** Takes a message that was received out of its queue for good. */
export async function remove({ ReceiptHandle }: Message, url: string): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
}

/** Sends a message again, with all that came with it. */
export async function resend(message: Message, url: string): Promise<void> {
  const trace = message.Attributes?.AWSTraceHeader;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: message.Body,
      MessageAttributes: message.MessageAttributes,
      ...(trace && {
        MessageSystemAttributes: {
          AWSTraceHeader: { DataType: "String", StringValue: trace },
        },
      }),
    }),
  );
}
