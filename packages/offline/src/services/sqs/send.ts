import { callSqs } from "./call.ts";

/**
 * Sends a message to a queue, as AWS' services do that a queue is a destination of. The attributes
 * are strings.
 *
 * @throws {SqsError} SQS does not take it.
 */
export type SendToQueue = (
  queueArn: string,
  body: string,
  attributes?: Record<string, string>,
) => Promise<void>;

/** Sends to the queues of the SQS at an endpoint. */
export function sendToQueueAt(sqsEndpoint: string): SendToQueue {
  return async (queueArn, body, attributes = {}) => {
    const [account, name] = queueArn.split(":").slice(-2);
    await callSqs(sqsEndpoint, "SendMessage", {
      QueueUrl: `${sqsEndpoint}/${account}/${name}`,
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([key, value]) => [
          key,
          { DataType: "String", StringValue: value },
        ]),
      ),
    });
  };
}
