import { AwsResponseError, callJson } from "../../util/call-json.ts";

/** An error response of SQS. */
export class SqsError extends AwsResponseError {}

/**
 * Calls an operation of the SQS emulator, which requires no credentials.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 *
 * @throws {SqsError} SQS responds with an error.
 */
export const callSqs = (
  endpoint: string,
  operation: string,
  input: object,
  signal?: AbortSignal,
): Promise<unknown> =>
  callJson({ endpoint, target: `AmazonSQS.${operation}`, input, ErrorType: SqsError, signal });

/**
 * Sends a message to a queue that is the destination of another AWS service.
 *
 * @param attributes message attributes, all strings
 * @throws {SqsError} SQS refuses the message.
 */
export type SendToQueue = (
  queueArn: string,
  body: string,
  attributes?: Record<string, string>,
) => Promise<void>;

/** Returns a function that sends to the queues of the SQS emulator at `sqsEndpoint`. */
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
