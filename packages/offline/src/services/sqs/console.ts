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
import { createRedrive, findDeadLetterArn } from "./redrive.ts";
import type { Queue } from "./resources.ts";
import type { Sqs } from "./server.ts";

/** The number of shown messages per queue. */
const MAX_MESSAGES = 50;

const Depths = z.object({
  Attributes: z.object({
    ApproximateNumberOfMessages: z.coerce.number(),
    ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
    ApproximateNumberOfMessagesDelayed: z.coerce.number(),
  }),
});

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
  const { endpoint } = sqs;
  const { findSources, canRedrive, redrive } = createRedrive({ endpoint, queues, failedBatchesAt });

  async function readQueueStatus(queue: Queue): Promise<QueueStatus> {
    const { Attributes } = Depths.parse(
      await callSqs(endpoint, "GetQueueAttributes", {
        QueueUrl: queue.url,
        AttributeNames: ["All"],
      }),
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
      canRedrive: canRedrive(queue),
    };
  }

  /** @throws {HttpError} 409: The queue is not the dead-letter queue of exactly one queue, or of streams. */
  async function redriveAll(deadLetters: Queue): Promise<Redriven> {
    if (!canRedrive(deadLetters)) {
      const message = `${deadLetters.name} cannot be redriven: it must be the dead-letter queue of exactly one queue, or of streams.`;
      throw new HttpError(409, message);
    }
    const { visible } = await readQueueStatus(deadLetters);
    const redriven = await redrive(deadLetters, visible);
    events.emit("changed", "queues");
    return redriven;
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
        "POST /api/queues/:name/redrive": ({ name }) => redriveAll(findQueue(name)),
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
