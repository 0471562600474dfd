import * as z from "zod";
import { HttpError } from "../../console/errors.ts";
import type { QueueMessage, QueueStatus, Redriven } from "../../console/model.ts";
import type { App, Queue } from "../../graph/app.ts";
import { traceIdOf } from "../../util/trace-header.ts";
import type { RedeliverStream } from "../dynamodb/stream/redelivery.ts";
import { callSqs } from "./call.ts";
import type { StoredMessage } from "./fauxqs.ts";
import { TRACE } from "./operations.ts";
import type { Sqs } from "./server.ts";

/** Messages that are shown of a queue. */
const PEEKED = 50;

/** Long enough to redrive everything that one call received. */
const INVISIBLE_SECONDS = 300;

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
   * Redrives the dead letters of a queue: messages of another queue are sent back to it; records of
   * a stream are delivered to their function again. A dead letter is deleted only after that: a
   * crash in between leaves it, and never loses it.
   *
   * @throws {HttpError} 409 The queue does not have the dead letters of one queue or of streams.
   */
  redrive(deadLetters: Queue): Promise<Redriven>;
}

export interface QueuesOptions {
  app: Pick<App, "queues" | "eventSources" | "functions">;
  sqs: Sqs;
  redeliver: RedeliverStream;
}

export function openQueues({ app, sqs, redeliver }: QueuesOptions): Queues {
  const { queues, eventSources, functions } = app;
  const call = (operation: string, queue: Queue, input: object) =>
    callSqs(sqs.endpoint, operation, { QueueUrl: queue.url, ...input });

  /** The queues whose dead letters end in this one. */
  const sourcesOf = ({ arn }: Queue) =>
    queues.filter(({ attributes }) => deadLetterArn(attributes.RedrivePolicy) === arn);

  /** The functions whose event source mappings have this queue as on-failure destination. */
  const consumersOf = ({ arn }: Queue) => {
    const failing = eventSources.filter(({ onFailureArn }) => onFailureArn === arn);
    return functions.filter((fn) => failing.some(({ functionArn }) => functionArn === fn.arn));
  };

  async function statusOf(queue: Queue): Promise<QueueStatus> {
    const { Attributes } = Depths.parse(
      await call("GetQueueAttributes", queue, { AttributeNames: ["All"] }),
    );
    return {
      name: queue.name,
      arn: queue.arn,
      visible: Attributes.ApproximateNumberOfMessages,
      inFlight: Attributes.ApproximateNumberOfMessagesNotVisible,
      delayed: Attributes.ApproximateNumberOfMessagesDelayed,
      deadLettersOf: [...sourcesOf(queue), ...consumersOf(queue)].map(({ name }) => name),
      canRedrive: redriverOf(queue) !== undefined,
    };
  }

  /** What redriving does with a dead letter of a queue. */
  function redriverOf(queue: Queue): ((message: Message) => Promise<void>) | undefined {
    const [source, ...others] = sourcesOf(queue);
    const hasConsumers = consumersOf(queue).length > 0;
    if (source && others.length === 0 && !hasConsumers) return (message) => send(message, source);
    if (!source && hasConsumers) return ({ Body }) => redeliver(Body);
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
    const answer = await call("ReceiveMessage", queue, {
      MaxNumberOfMessages: Math.min(10, count),
      VisibilityTimeout: INVISIBLE_SECONDS,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    });
    return Received.parse(answer).Messages;
  }

  return {
    status: () => Promise.all(queues.map(statusOf)),
    messages: ({ name }) => sqs.messages(name, PEEKED).map(toMessage),
    async redrive(deadLetters) {
      const redriveOne = redriverOf(deadLetters);
      if (!redriveOne) {
        const message = `${deadLetters.name} has dead letters of neither one queue nor streams.`;
        throw new HttpError(409, message);
      }
      // A message that fails again and returns meanwhile waits for the next redrive.
      const { visible } = await statusOf(deadLetters);
      const kept: { message: Message; reason: string }[] = [];
      let received = 0;
      while (received < visible) {
        const messages = await receive(deadLetters, visible - received);
        if (messages.length === 0) break;
        received += messages.length;
        for (const message of messages) {
          try {
            await redriveOne(message);
            await call("DeleteMessage", deadLetters, { ReceiptHandle: message.ReceiptHandle });
          } catch (error) {
            kept.push({ message, reason: (error as Error).message });
          }
        }
      }
      for (const { message } of kept) {
        const { ReceiptHandle } = message;
        await call("ChangeMessageVisibility", deadLetters, { ReceiptHandle, VisibilityTimeout: 0 });
      }
      return { redriven: received - kept.length, kept: kept.map(({ reason }) => reason) };
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
