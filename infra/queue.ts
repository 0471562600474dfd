import { createFunction, timeoutSeconds } from "./function";

const DAY = 24 * 60 * 60;

/**
 * Bytes: SQS's maximum. The provider's default is 256 KiB, and a chunk of an import can be larger
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
 */
const MAX_MESSAGE_SIZE = 1_048_576;

/** All queues with a worker, for alarms and dashboard. */
export const workQueues: { name: string; queue: sst.aws.Queue }[] = [];

/** All dead-letter queues, for alarms and dashboard. */
export const deadLetterQueues: { name: string; queue: sst.aws.Queue }[] = [];

interface Worker {
  name: string;
  /** Below `packages/functions/src`, without its extension. */
  file: string;
  timeoutSeconds: number;
  maxConcurrency: number;
  batchSize: number;
  permissions: sst.Linkable<object>[];
  /**
   * Whether the worker postpones messages, counts their failures and sends them to the dead-letter
   * queue itself. SQS then does so only after 1,000 receives, its maximum, and stores messages for 14
   * days, also its maximum: a large backlog is delayed but not lost.
   */
  managesRetries?: boolean;
}

/** Creates a queue with its dead-letter queue and the function that processes its messages. */
export function createWorkQueue(name: string, worker: Worker): sst.aws.Queue {
  const deadLetters = createDeadLetterQueue(`${name}DeadLetters`);
  const queue = createQueue(name, {
    // AWS recommends six times the function's timeout, so that no message is processed twice
    // (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html).
    visibilityTimeout: `${6 * timeoutSeconds(worker.timeoutSeconds)} seconds`,
    dlq: { queue: deadLetters.arn, retry: worker.managesRetries ? 1_000 : 5 },
    ...(worker.managesRetries && { messageRetentionSeconds: 14 * DAY }),
  });
  workQueues.push({ name, queue });

  const consumeQueue = worker.managesRetries
    ? consumeAndPostponeMessages(`Consume${name}`, queue, deadLetters)
    : consumeMessages(`Consume${name}`, queue);
  const fn = createFunction(worker.name, {
    handler: `packages/functions/src/${worker.file}.handler`,
    timeoutSeconds: worker.timeoutSeconds,
    link: [...worker.permissions, consumeQueue],
  });
  queue.subscribe(fn.arn, {
    batch: { size: worker.batchSize, partialResponses: true },
    transform: {
      eventSourceMapping: { scalingConfig: { maximumConcurrency: worker.maxConcurrency } },
    },
  });
  return queue;
}

/** Creates a queue for messages that failed; `npm run redrive` lists and replays them. */
export function createDeadLetterQueue(name: string): sst.aws.Queue {
  const queue = createQueue(name, { messageRetentionSeconds: 14 * DAY });
  deadLetterQueues.push({ name, queue });
  return queue;
}

/** Creates a queue that is encrypted and refuses connections without TLS. */
function createQueue(
  name: string,
  {
    messageRetentionSeconds,
    ...args
  }: Pick<sst.aws.QueueArgs, "visibilityTimeout" | "dlq"> & { messageRetentionSeconds?: number },
): sst.aws.Queue {
  const queue = new sst.aws.Queue(name, {
    ...args,
    transform: {
      queue: {
        sqsManagedSseEnabled: true,
        maxMessageSize: MAX_MESSAGE_SIZE,
        messageRetentionSeconds,
      },
    },
  });
  new aws.sqs.QueuePolicy(`${name}TlsOnly`, {
    queueUrl: queue.url,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: queue.arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  });
  return queue;
}

/** Lambda's poller calls these with the function's role. */
const pollerActions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

const consumeMessages = (name: string, queue: sst.aws.Queue) =>
  new sst.Linkable(name, {
    properties: {},
    include: [sst.aws.permission({ actions: pollerActions, resources: [queue.arn] })],
  });

const consumeAndPostponeMessages = (
  name: string,
  queue: sst.aws.Queue,
  deadLetters: sst.aws.Queue,
) =>
  new sst.Linkable(name, {
    properties: { url: queue.url, deadLettersUrl: deadLetters.url },
    include: [
      sst.aws.permission({
        actions: [...pollerActions, "sqs:ChangeMessageVisibility"],
        resources: [queue.arn],
      }),
      sst.aws.permission({ actions: ["sqs:SendMessage"], resources: [deadLetters.arn] }),
    ],
  });

/** Returns the permission to send messages to a queue. */
export const sendMessages = (name: string, queue: sst.aws.Queue) =>
  new sst.Linkable(name, {
    properties: { url: queue.url },
    include: [sst.aws.permission({ actions: ["sqs:SendMessage"], resources: [queue.arn] })],
  });
