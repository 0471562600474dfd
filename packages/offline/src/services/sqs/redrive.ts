import * as z from "zod";
import type { FailedBatches } from "../../runtime/service.ts";
import { callSqs } from "./call.ts";
import type { Redriven } from "./panel-data.ts";
import type { Queue } from "./resources.ts";

/** Visibility timeout of messages during a redrive: enough for all messages of one `ReceiveMessage`. */
const VISIBILITY_TIMEOUT_SECONDS = 300;

const Attribute = z.looseObject({ StringValue: z.string().optional() });

const Received = z.object({
  Messages: z
    .array(
      z.object({
        MessageId: z.string(),
        Body: z.string(),
        ReceiptHandle: z.string(),
        Attributes: z.record(z.string(), z.string()).default({}),
        MessageAttributes: z.record(z.string(), Attribute).default({}),
      }),
    )
    .default([]),
});
type Message = z.output<typeof Received>["Messages"][number];

export interface RedriveOptions {
  /** Base URL of SQS. */
  endpoint: string;
  queues: Queue[];
  failedBatchesAt: (destinationArn: string) => FailedBatches | undefined;
}

export interface Redrive {
  /** Returns the queues that send their dead letters to this one. */
  findSources(queue: Queue): Queue[];
  /** Returns whether the messages of a queue have exactly one place to go back to. */
  canRedrive(queue: Queue): boolean;
  /**
   * Redrives messages of a dead-letter queue: sends messages of a queue back to it, and delivers
   * failed batches of a stream to their function again. A message is deleted afterwards, so a crash
   * cannot lose it.
   *
   * @param count of messages: those that fail again meanwhile are not redriven twice
   * @throws {Error} `canRedrive` is false
   */
  redrive(deadLetters: Queue, count: number): Promise<Redriven>;
}

/** Creates the redrive of dead-letter queues. */
export function createRedrive({ endpoint, queues, failedBatchesAt }: RedriveOptions): Redrive {
  const call = (operation: string, queue: Queue, input: object) =>
    callSqs(endpoint, operation, { QueueUrl: queue.url, ...input });

  const findSources = ({ arn }: Queue) =>
    queues.filter(({ attributes }) => findDeadLetterArn(attributes.RedrivePolicy) === arn);

  /** Returns the function that redrives a message of a queue; undefined if the source is ambiguous. */
  function findRedriver(queue: Queue): ((message: Message) => Promise<void>) | undefined {
    const [source, ...others] = findSources(queue);
    const batches = failedBatchesAt(queue.arn);
    if (source && others.length === 0 && !batches) return (message) => send(message, source);
    if (!source && batches) return ({ Body }) => batches.redeliver(Body);
    return undefined;
  }

  async function send(message: Message, to: Queue): Promise<void> {
    const { AWSTraceHeader: StringValue, MessageGroupId } = message.Attributes;
    await call("SendMessage", to, {
      MessageBody: message.Body,
      MessageAttributes: message.MessageAttributes,
      ...(StringValue && {
        MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue } },
      }),
      ...(MessageGroupId && { MessageGroupId, MessageDeduplicationId: message.MessageId }),
    });
  }

  async function receive(queue: Queue, count: number): Promise<Message[]> {
    const response = await call("ReceiveMessage", queue, {
      MaxNumberOfMessages: Math.min(10, count),
      VisibilityTimeout: VISIBILITY_TIMEOUT_SECONDS,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    });
    return Received.parse(response).Messages;
  }

  return {
    findSources,
    canRedrive: (queue) => findRedriver(queue) !== undefined,
    async redrive(deadLetters, count) {
      const redriveOne = findRedriver(deadLetters);
      if (!redriveOne) throw new Error(`${deadLetters.name} has no unambiguous source.`);
      const failures: { message: Message; reason: string }[] = [];
      let received = 0;
      while (received < count) {
        const messages = await receive(deadLetters, count - received);
        if (messages.length === 0) break;
        received += messages.length;
        for (const message of messages) {
          try {
            await redriveOne(message);
            await call("DeleteMessage", deadLetters, { ReceiptHandle: message.ReceiptHandle });
          } catch (error) {
            failures.push({ message, reason: (error as Error).message });
          }
        }
      }
      for (const { message } of failures) {
        const { ReceiptHandle } = message;
        await call("ChangeMessageVisibility", deadLetters, { ReceiptHandle, VisibilityTimeout: 0 });
      }
      return { redriven: received - failures.length, kept: failures.map(({ reason }) => reason) };
    },
  };
}

const RedrivePolicy = z.object({ deadLetterTargetArn: z.string() });

/** Returns the ARN of the dead-letter queue in a redrive policy (JSON). */
export const findDeadLetterArn = (policy: string | undefined): string | undefined =>
  policy ? RedrivePolicy.safeParse(JSON.parse(policy)).data?.deadLetterTargetArn : undefined;
