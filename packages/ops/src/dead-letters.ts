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

/** Returns the number of messages in a queue, including invisible ones. */
export async function countMessages(url: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/**
 * Receives messages until the queue is empty.
 *
 * @param seconds how long each message stays invisible; in that time it is received only once
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

/** Makes received messages visible again. */
export async function makeVisible(messages: Message[], url: string): Promise<void> {
  const command = ({ ReceiptHandle }: Message) =>
    new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
  await Promise.all(messages.map((message) => sqs.send(command(message))));
}

/** Deletes a received message. */
export async function deleteMessage({ ReceiptHandle }: Message, url: string): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
}

/** Sends a copy of a message, with its attributes and its trace header. */
export async function resendMessage(message: Message, url: string): Promise<void> {
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
