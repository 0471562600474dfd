import * as z from "zod";
import { callSqs } from "../emulators/call-sqs.ts";
import type { StoredMessage } from "../emulators/fauxqs.ts";
import type { Sqs } from "../emulators/sqs.ts";
import { TRACE } from "../emulators/sqs-operations.ts";
import type { Queue } from "../graph/app.ts";
import { traceIdOf } from "../trace-header.ts";
import type { QueueMessage, QueueStatus } from "./model.ts";

/** Messages that are shown of a queue. */
const PEEKED = 50;

/** Long enough to send back a message that was received. */
const INVISIBLE_SECONDS = 30;

const Depths = z.object({
  Attributes: z.object({
    ApproximateNumberOfMessages: z.coerce.number(),
    ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
    ApproximateNumberOfMessagesDelayed: z.coerce.number(),
  }),
});

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

/** The queues of the app, for people to look into. */
export interface Queues {
  status(): Promise<QueueStatus[]>;
  /** The oldest messages of a queue, which stay as they are. */
  messages(queue: Queue): QueueMessage[];
  /**
   * Sends the dead letters of a queue back to where they come from.
   *
   * @returns how many there were
   */
  redrive(deadLetters: Queue, to: Queue): Promise<number>;
  /** The queues whose dead letters end in this one. */
  sourcesOf(queue: Queue): Queue[];
}

export function openQueues(queues: Queue[], { endpoint, messages }: Sqs): Queues {
  const sqs = (operation: string, queue: Queue, input: object) =>
    callSqs(endpoint, operation, { QueueUrl: queue.url, ...input });

  const sourcesOf = ({ arn }: Queue) =>
    queues.filter(({ attributes }) => deadLetterArn(attributes.RedrivePolicy) === arn);

  async function statusOf(queue: Queue): Promise<QueueStatus> {
    const { Attributes } = Depths.parse(
      await sqs("GetQueueAttributes", queue, { AttributeNames: ["All"] }),
    );
    return {
      name: queue.name,
      arn: queue.arn,
      visible: Attributes.ApproximateNumberOfMessages,
      inFlight: Attributes.ApproximateNumberOfMessagesNotVisible,
      delayed: Attributes.ApproximateNumberOfMessagesDelayed,
      deadLettersOf: sourcesOf(queue).map(({ name }) => name),
    };
  }

  /** Deleted only when it is back: a crash in between has it twice, and never not at all. */
  async function sendBack(message: Message, from: Queue, to: Queue): Promise<void> {
    const { AWSTraceHeader: StringValue, MessageGroupId } = message.Attributes;
    await sqs("SendMessage", to, {
      MessageBody: message.Body,
      MessageAttributes: message.MessageAttributes,
      ...(StringValue && {
        MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue } },
      }),
      ...(MessageGroupId && { MessageGroupId, MessageDeduplicationId: message.MessageId }),
    });
    await sqs("DeleteMessage", from, { ReceiptHandle: message.ReceiptHandle });
  }

  return {
    sourcesOf,
    status: () => Promise.all(queues.map(statusOf)),
    messages: ({ name }) => messages(name, PEEKED).map(toMessage),
    async redrive(deadLetters, to) {
      // What fails once more, and is back by then, is not for this time.
      const { visible } = await statusOf(deadLetters);
      let done = 0;
      while (done < visible) {
        const { Messages } = Received.parse(
          await sqs("ReceiveMessage", deadLetters, {
            MaxNumberOfMessages: Math.min(10, visible - done),
            VisibilityTimeout: INVISIBLE_SECONDS,
            MessageAttributeNames: ["All"],
            MessageSystemAttributeNames: ["All"],
          }),
        );
        if (Messages.length === 0) break;
        for (const message of Messages) await sendBack(message, deadLetters, to);
        done += Messages.length;
      }
      return done;
    },
  };
}

function toMessage({ attributes, invisibleUntil = 0, ...message }: StoredMessage): QueueMessage {
  const { [TRACE]: trace, ...rest } = attributes;
  const traceId = traceIdOf(trace?.StringValue ?? "");
  return {
    ...message,
    inFlight: invisibleUntil > Date.now(),
    attributes: Object.fromEntries(
      Object.entries(rest).map(([name, { StringValue = "(binary)" }]) => [name, StringValue]),
    ),
    ...(traceId && { traceId }),
  };
}

const RedrivePolicy = z.object({ deadLetterTargetArn: z.string() });

const deadLetterArn = (policy: string | undefined) =>
  policy && RedrivePolicy.safeParse(JSON.parse(policy)).data?.deadLetterTargetArn;
