import type { EventEmitter } from "node:events";
import * as z from "zod";
import type { RuntimeEvents } from "../../runtime/events.ts";
import type { Architecture, Panel } from "../../runtime/panel.ts";
import type { FailedBatches } from "../../runtime/service.ts";
import type { Clock } from "../../util/clock.ts";
import { HttpError } from "../../util/http-error.ts";
import { traceIdOf } from "../../util/trace-header.ts";
import { callSqs } from "./call.ts";
import type { StoredMessage } from "./fauxqs.ts";
import { TRACE } from "./operations.ts";
import type { QueueMessage, QueueStatus, Redriven } from "./panel-data.ts";
import type { Queue } from "./resources.ts";
import type { Sqs } from "./server.ts";

/** The number of shown messages per queue. */
const MAX_MESSAGES = 50;

/** Visibility timeout of messages during a redrive: enough for all messages of one `ReceiveMessage`. */
const VISIBILITY_TIMEOUT_SECONDS = 300;

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

export interface QueuesOptions {
  queues: Queue[];
  sqs: Sqs;
  clock: Clock;
  events: EventEmitter<RuntimeEvents>;
  failedBatchesAt: (destinationArn: string) => FailedBatches | undefined;
}

/** Creates the console's panel of queues, and their nodes and edges in the architecture. */
export function createConsoleView(options: QueuesOptions): {
  panel: Panel;
  architecture: () => Promise<Architecture>;
} {
  const { queues, sqs, clock, events, failedBatchesAt } = options;
  const call = (operation: string, queue: Queue, input: object) =>
    callSqs(sqs.endpoint, operation, { QueueUrl: queue.url, ...input });

  /** Returns the queues that send their dead letters to this one. */
  const findSources = ({ arn }: Queue) =>
    queues.filter(({ attributes }) => findDeadLetterArn(attributes.RedrivePolicy) === arn);

  async function readQueueStatus(queue: Queue): Promise<QueueStatus> {
    const { Attributes } = Depths.parse(
      await call("GetQueueAttributes", queue, { AttributeNames: ["All"] }),
    );
    return {
      name: queue.name,
      arn: queue.arn,
      visible: Attributes.ApproximateNumberOfMessages,
      inFlight: Attributes.ApproximateNumberOfMessagesNotVisible,
      delayed: Attributes.ApproximateNumberOfMessagesDelayed,
      deadLettersOf: [
        ...findSources(queue).map(({ name }) => name),
        ...(failedBatchesAt(queue.arn)?.functionNames ?? []),
      ],
      canRedrive: findRedriver(queue) !== undefined,
    };
  }

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

  /**
   * Redrives the messages of a dead-letter queue: sends messages of a queue back to it, and delivers
   * failed batches of a stream to their function again. A message is deleted afterwards, so a crash cannot
   * lose it.
   *
   * @throws {HttpError} 409: The queue is not the dead-letter queue of exactly one queue, or of streams.
   */
  async function redrive(deadLetters: Queue): Promise<Redriven> {
    const redriveOne = findRedriver(deadLetters);
    if (!redriveOne) {
      const message = `${deadLetters.name} cannot be redriven: it must be the dead-letter queue of exactly one queue, or of streams.`;
      throw new HttpError(409, message);
    }
    // The count at the start limits the loop, so that messages that fail again are not redriven twice.
    const { visible } = await readQueueStatus(deadLetters);
    const failures: { message: Message; reason: string }[] = [];
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
          failures.push({ message, reason: (error as Error).message });
        }
      }
    }
    for (const { message } of failures) {
      const { ReceiptHandle } = message;
      await call("ChangeMessageVisibility", deadLetters, { ReceiptHandle, VisibilityTimeout: 0 });
    }
    return { redriven: received - failures.length, kept: failures.map(({ reason }) => reason) };
  }

  function findQueue(name: string | undefined): Queue {
    const queue = queues.find((one) => one.name === name);
    if (!queue) throw new HttpError(404, `The queue ${name} does not exist.`);
    return queue;
  }

  return {
    panel: {
      id: "queues",
      title: "Queues",
      view: new URL("panel.tsx", import.meta.url),
      routes: {
        "GET /api/queues": () => Promise.all(queues.map(readQueueStatus)),
        "GET /api/queues/:name/messages": ({ name }) =>
          sqs
            .messages(findQueue(name).name, MAX_MESSAGES)
            .map((message) => toMessage(message, clock.now())),
        async "POST /api/queues/:name/redrive"({ name }) {
          const redriven = await redrive(findQueue(name));
          events.emit("changed", "queues");
          return redriven;
        },
      },
    },
    architecture: async () => ({
      nodes: await Promise.all(
        queues.map(async (queue) => {
          const { name, arn, visible, inFlight, delayed } = await readQueueStatus(queue);
          return {
            ...{ id: arn, kind: "queue", name, references: [queue.url] },
            link: `queues/${encodeURIComponent(name)}`,
            note: `${visible + inFlight + delayed} waiting`,
          };
        }),
      ),
      edges: queues.flatMap(({ arn, attributes }) => {
        const to = findDeadLetterArn(attributes.RedrivePolicy);
        return to ? [{ from: arn, to, kind: "dead" as const }] : [];
      }),
    }),
  };
}

function toMessage(
  { attributes, invisibleUntil = 0, ...message }: StoredMessage,
  now: number,
): QueueMessage {
  const { [TRACE]: trace, ...rest } = attributes;
  const traceId = traceIdOf(trace?.StringValue ?? "");
  return {
    ...message,
    inFlight: invisibleUntil > now,
    attributes: Object.fromEntries(
      Object.entries(rest).map(([name, { StringValue = "(binary)" }]) => [name, StringValue]),
    ),
    ...(traceId && { traceId }),
  };
}

const RedrivePolicy = z.object({ deadLetterTargetArn: z.string() });

const findDeadLetterArn = (policy: string | undefined) =>
  policy && RedrivePolicy.safeParse(JSON.parse(policy)).data?.deadLetterTargetArn;
