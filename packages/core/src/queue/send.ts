import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { eachInParallel } from "../concurrency.ts";
import { Problem } from "../problems/problem.ts";
import { traced } from "../telemetry.ts";
import type { Cause } from "../trace-context.ts";
import { pack } from "./batches.ts";

/** What SQS takes in one SendMessageBatch: entries, and bytes of all of them together (1 MiB). */
const BATCH = { items: 10, bytes: 1024 * 1024 };
/** Bytes that a message's attributes have at most: they count as well. */
const ATTRIBUTES = 200;
const BATCHES_AT_A_TIME = 4;
/** How often a batch, or what was refused of it, is sent. */
const ATTEMPTS = 4;

export interface Message {
  content: unknown;
  cause: Cause | undefined;
}

/**
 * Sends messages as JSON, each with what caused it. It returns when the queue has taken every one of them; when it throws, it
 * may have taken some.
 *
 * @throws Problem `try-again` when the queue kept refusing some of them
 */
export async function send(queueUrl: string, messages: readonly Message[]): Promise<void> {
  const sizeOf = ({ MessageBody }: Entry) => Buffer.byteLength(MessageBody) + ATTRIBUTES;
  const batches = pack(messages.map(toEntry), sizeOf, BATCH);
  await eachInParallel(batches, BATCHES_AT_A_TIME, (batch) => sendBatch(queueUrl, batch));
}

/**
 * JSON that SQS takes: it refuses the two characters that XML 1.0 does not know and JSON does not
 * escape (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
 */
export const toBody = (message: unknown): string =>
  JSON.stringify(message).replace(/[\ufffe\uffff]/g, (character) =>
    character === "\ufffe" ? "\\ufffe" : "\\uffff",
  );

type Entry = ReturnType<typeof toEntry>;

/** Lambda's poller hands on both: our own attribute, and the one that X-Ray knows. */
const toEntry = ({
  content,
  cause: { correlationId, trace } = { correlationId: "" },
}: Message) => ({
  MessageBody: toBody(content),
  ...(correlationId && { MessageAttributes: { correlationId: text(correlationId) } }),
  ...(trace && { MessageSystemAttributes: { AWSTraceHeader: text(trace) } }),
});

const text = (StringValue: string) => ({ DataType: "String", StringValue });

/** The answer to a batch is a success even where single messages were refused: those are sent again. */
async function sendBatch(queueUrl: string, messages: Entry[]): Promise<void> {
  let entries = messages.map((message, index) => ({ Id: String(index), ...message }));
  for (let attempt = 1; ; attempt++) {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    const ours = Failed.find(({ SenderFault }) => SenderFault);
    if (ours) throw new Error(`SQS refuses a message for good: ${ours.Code} ${ours.Message}`);
    const refused = new Set(Failed.map(({ Id }) => Id));
    entries = entries.filter(({ Id }) => refused.has(Id));
    if (entries.length === 0) return;
    if (attempt === ATTEMPTS) {
      throw new Problem("try-again", "The queue does not take all of it right now.", {
        headers: { "retry-after": "1" },
      });
    }
    await sleep(Math.random() * 50 * 2 ** attempt);
  }
}

/** One client for the life of the process, with time for the SDK's own retries, as the table's. */
export const client = traced(
  new SQSClient({
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    },
    // A queue's URL names the queue, and nothing else: else the SDK sends to the host in it, whatever
    // endpoint is configured.
    useQueueUrlAsEndpoint: false,
  }),
);
