import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { forEachInParallel } from "../concurrency.ts";
import { Problem } from "../problems/problem.ts";
import { traceClient } from "../telemetry.ts";
import type { TraceContext } from "../trace-context.ts";
import { groupIntoBatches } from "./batches.ts";

/** One client for the life of the process, with the same timeouts as the table's client. */
export const client = traceClient(
  new SQSClient({
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    },
    // Otherwise the SDK sends to the host in the queue's URL instead of the configured endpoint.
    useQueueUrlAsEndpoint: false,
  }),
);

/** Limits of one SendMessageBatch: entries, and bytes of all entries together (1 MiB). */
const BATCH = { items: 10, bytes: 1024 * 1024 };
/** Bytes of a message's attributes at most. They count towards the limit. */
const ATTRIBUTE_BYTES = 200;
const BATCHES_AT_A_TIME = 4;
/** Attempts to send a batch, or the entries of it that failed. */
const ATTEMPTS = 4;

export interface Message {
  /** JSON. */
  body: string;
  traceContext: TraceContext | undefined;
}

/**
 * Sends messages with their trace contexts, and returns when the queue has accepted all of them. When
 * it throws, the queue may have accepted some.
 *
 * @throws Problem `try-again` when the queue keeps refusing some of them
 */
export async function sendMessages(queueUrl: string, messages: readonly Message[]): Promise<void> {
  const bytesOf = ({ MessageBody }: Entry) => Buffer.byteLength(MessageBody) + ATTRIBUTE_BYTES;
  const batches = groupIntoBatches(messages.map(toEntry), bytesOf, BATCH);
  await forEachInParallel(batches, BATCHES_AT_A_TIME, (batch) => sendBatch(queueUrl, batch));
}

/**
 * Escapes the two characters in JSON that SQS refuses, because XML 1.0 does not allow them
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
 */
export const escapeJson = (json: string): string =>
  json.replace(/[\ufffe\uffff]/g, (character) => (character === "\ufffe" ? "\\ufffe" : "\\uffff"));

type Entry = ReturnType<typeof toEntry>;

/** Lambda's poller passes on both: our attribute, and the one of X-Ray. */
const toEntry = ({
  body,
  traceContext: { correlationId, trace } = { correlationId: "" },
}: Message) => ({
  MessageBody: escapeJson(body),
  ...(correlationId && { MessageAttributes: { correlationId: toAttribute(correlationId) } }),
  ...(trace && { MessageSystemAttributes: { AWSTraceHeader: toAttribute(trace) } }),
});

const toAttribute = (StringValue: string) => ({ DataType: "String", StringValue });

/** A batch can succeed although single entries failed: those are sent again. */
async function sendBatch(queueUrl: string, messages: Entry[]): Promise<void> {
  let entries = messages.map((message, index) => ({ Id: String(index), ...message }));
  for (let attempt = 1; ; attempt++) {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    const rejected = Failed.find(({ SenderFault }) => SenderFault);
    if (rejected) throw new Error(`SQS rejects a message: ${rejected.Code} ${rejected.Message}`);
    const failed = new Set(Failed.map(({ Id }) => Id));
    entries = entries.filter(({ Id }) => failed.has(Id));
    if (entries.length === 0) return;
    if (attempt === ATTEMPTS) {
      throw new Problem("try-again", "The queue is busy. Send the request again.", {
        headers: { "retry-after": "1" },
      });
    }
    await sleep(Math.random() * 50 * 2 ** attempt);
  }
}
