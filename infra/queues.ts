import { lambda, timeoutOf } from "./function";
import { paceOf } from "./pace";
import { queue } from "./queue";
import { stage } from "./stage";
import { countMails, readImports, rememberDone, writeImports, writePets } from "./table";

const DAY = 24 * 60 * 60;

/** All queues, for whatever is to be done for each. */
export const workQueues: { name: string; queue: sst.aws.Queue }[] = [];
export const deadLetterQueues: { name: string; queue: sst.aws.Queue }[] = [];

/** Where what could not be done waits for somebody: `npm run redrive` lists and replays it. */
export function deadLetters(name: string) {
  const letters = queue(name, { messageRetentionSeconds: 14 * DAY });
  deadLetterQueues.push({ name, queue: letters });
  return letters;
}

interface Worker {
  name: string;
  file: string;
  seconds: number;
  concurrency: number;
  batch: number;
  /**
   * The worker itself postpones messages, counts their failures and sends them to the dead-letter
   * queue. SQS does so only after the most receives that it can count, and keeps messages as long as
   * it can: a large backlog arrives late, and arrives.
   */
  countsFailures?: boolean;
}

/**
 * A queue with its dead-letter queue and the function that works it off. A message stays invisible
 * for six times as long as the function may take, as AWS advises, so that none is worked on twice.
 */
function workQueue(name: string, worker: Worker, may: sst.Linkable<object>[]) {
  const dlq = deadLetters(`${name}DeadLetters`);
  const work = queue(name, {
    visibilityTimeout: `${6 * timeoutOf(worker.seconds)} seconds`,
    dlq: { queue: dlq.arn, retry: worker.countsFailures ? 1_000 : 5 },
    ...(worker.countsFailures && { messageRetentionSeconds: 14 * DAY }),
  });
  workQueues.push({ name, queue: work });
  const fn = lambda(worker.name, {
    handler: `packages/functions/src/${worker.file}.handler`,
    seconds: worker.seconds,
    link: [
      ...may,
      worker.countsFailures
        ? mayPostpone(`Consume${name}`, work, dlq)
        : mayConsume(`Consume${name}`, work),
    ],
  });
  work.subscribe(fn.arn, {
    batch: { size: worker.batch, partialResponses: true },
    transform: {
      eventSourceMapping: { scalingConfig: { maximumConcurrency: worker.concurrency } },
    },
  });
  return work;
}

/** What Lambda's poller does with the role of the function. */
const pollerActions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

const mayConsume = (name: string, queue: sst.aws.Queue) =>
  new sst.Linkable(name, {
    properties: {},
    include: [sst.aws.permission({ actions: pollerActions, resources: [queue.arn] })],
  });

const mayPostpone = (name: string, queue: sst.aws.Queue, dlq: sst.aws.Queue) =>
  new sst.Linkable(name, {
    properties: { url: queue.url, deadLettersUrl: dlq.url },
    include: [
      sst.aws.permission({
        actions: [...pollerActions, "sqs:ChangeMessageVisibility"],
        resources: [queue.arn],
      }),
      sst.aws.permission({ actions: ["sqs:SendMessage"], resources: [dlq.arn] }),
    ],
  });

const maySend = (name: string, queue: sst.aws.Queue) =>
  new sst.Linkable(name, {
    properties: { url: queue.url },
    include: [sst.aws.permission({ actions: ["sqs:SendMessage"], resources: [queue.arn] })],
  });

/**
 * The stage's address, which SES verifies by mail. The parent keeps the identity's link out of
 * `sst-env.d.ts`, which has to be the same in stages that send no mail.
 */
const identity =
  stage.mailFrom !== "" &&
  new sst.aws.Email(
    "Mail",
    { sender: stage.mailFrom },
    { parent: new $util.ComponentResource("petstore:infra:Mail", "MailFrom") },
  );

const pace = paceOf({
  mailsPerSecond: stage.mailsPerSecond,
  workers: stage.workers.notifications,
});

/** Mail through SES, from the stage's address only. */
const sendMail = new sst.Linkable("SendMail", {
  properties: { from: stage.mailFrom, intervalMs: pace.intervalMs },
  include: identity
    ? [
        sst.aws.permission({
          actions: ["ses:SendEmail"],
          // SES asks for both: the configuration set is the identity's default.
          resources: [identity.nodes.identity.arn, identity.nodes.configurationSet.arn],
          conditions: [
            { test: "StringEquals", variable: "ses:FromAddress", values: [stage.mailFrom] },
          ],
        }),
      ]
    : [],
});

/**
 * Chunks of imports, one at a time: a chunk is sized for an invocation's time, and one that runs out
 * of it takes no other with it. The workers' number protects the table from a flood of large imports.
 */
const chunks = workQueue(
  "Chunks",
  {
    name: "ImportChunk",
    file: "imports/chunk",
    seconds: 10,
    concurrency: stage.workers.chunks,
    batch: 1,
  },
  [readImports, writeImports, writePets],
);
export const sendChunks = maySend("SendChunks", chunks);

/** Events that owners get a mail about. Batch and timeout follow from the rate of mails. */
const notifications = workQueue(
  "Notifications",
  {
    name: "Notify",
    file: "notify/notify",
    seconds: pace.seconds,
    concurrency: stage.workers.notifications,
    batch: pace.batch,
    countsFailures: true,
  },
  [rememberDone, countMails, sendMail],
);
export const sendNotifications = maySend("SendNotifications", notifications);
