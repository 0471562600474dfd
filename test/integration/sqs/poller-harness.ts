import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventSourceMapping } from "@petstore/offline/runtime/event-source";
import type { InvokeResult } from "@petstore/offline/runtime/invocation";
import { callSqs } from "@petstore/offline/services/sqs/call";
import type { QueueRecord } from "@petstore/offline/services/sqs/poller/event";
import { startQueuePoller } from "@petstore/offline/services/sqs/poller/poller";
import type { Queue } from "@petstore/offline/services/sqs/resources";
import { startSqs } from "@petstore/offline/services/sqs/server";
import { openState, type State } from "@petstore/offline/state/state";
import { systemClock } from "@petstore/offline/util/clock";
import { onTestFinished } from "vitest";

export function queue(name: string, attributes: Record<string, string> = {}): Queue {
  return {
    name,
    arn: `arn:aws:sqs:eu-west-1:123456789012:${name}`,
    url: `https://sqs.eu-west-1.amazonaws.com/123456789012/${name}`,
    attributes: { VisibilityTimeout: "1", ...attributes },
  };
}

/** Returns a queue and its dead-letter queue. */
export function queueWithDlq(maxReceiveCount: number) {
  const dlq = queue("dead");
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount });
  return { work: queue("work", { RedrivePolicy }), dlq };
}

export function temporaryState(): State {
  const directory = mkdtempSync(join(tmpdir(), "sqs-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const state = openState(directory);
  onTestFinished(() => state.close());
  return state;
}

/** Starts SQS with queues. It closes at the end of the test, or earlier. */
export async function sqsWith(queues: Queue[], state = temporaryState()) {
  const sqs = await startSqs({ state, queues });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= sqs.close());
  onTestFinished(close);
  const call = (operation: string, input: object) => callSqs(sqs.endpoint, operation, input);
  return {
    endpoint: sqs.endpoint,
    close,
    call,
    async send({ url }: Queue, ...bodies: string[]) {
      for (const MessageBody of bodies) await call("SendMessage", { QueueUrl: url, MessageBody });
    },
    async receive({ url }: Queue, input: object = {}) {
      const attributes = { MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] };
      const response = await call("ReceiveMessage", { QueueUrl: url, ...attributes, ...input });
      return (response as { Messages?: ReceivedMessage[] }).Messages ?? [];
    },
    /** Returns the numbers of visible messages and of messages in flight. */
    async counts({ url }: Queue) {
      const AttributeNames = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
      ];
      const response = await call("GetQueueAttributes", { QueueUrl: url, AttributeNames });
      const { Attributes } = response as { Attributes: Record<string, string> };
      return AttributeNames.map((name) => Number(Attributes[name]));
    },
  };
}

export interface ReceivedMessage {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  Attributes: Record<string, string>;
  MessageAttributes?: object;
  MD5OfMessageAttributes?: string;
}

/** One invocation of the function. */
export interface Invocation {
  records: QueueRecord[];
  traceHeader: string | undefined;
  at: number;
}

export const done: InvokeResult = { kind: "response", payload: "null" };

/** The response of a function that failed to process some messages. */
export const failed = (...records: QueueRecord[]): InvokeResult => ({
  kind: "response",
  payload: JSON.stringify({
    batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })),
  }),
});

/**
 * Starts a poller of a queue with a stub of the function. It closes at the end of the test, or
 * earlier.
 */
export function pollerOf(
  work: Queue,
  sqsEndpoint: string,
  respond: (invocation: Invocation) => InvokeResult | Promise<InvokeResult>,
  options: Partial<EventSourceMapping> = {},
  clock = systemClock,
) {
  const invocations: Invocation[] = [];
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  const mapping: EventSourceMapping = {
    name: "Subscriber",
    eventSourceArn: work.arn,
    functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:Work",
    enabled: true,
    batchSize: 10,
    batchingWindowSeconds: 0,
    filters: [],
    partialResponses: true,
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: -1,
    bisectOnError: false,
    ...options,
  };
  const poller = startQueuePoller({
    mapping,
    queue: work,
    sqsEndpoint,
    clock,
    log: (line) => lines.push(line),
    async invoke(_, payload, options) {
      const { Records } = JSON.parse(payload) as { Records: QueueRecord[] };
      const invocation = {
        records: Records,
        traceHeader: options?.traceHeader,
        at: performance.now(),
      };
      invocations.push(invocation);
      for (const watcher of watchers) watcher();
      const result = await respond(invocation);
      for (const watcher of watchers) watcher();
      return result;
    },
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= poller.close());
  onTestFinished(close);
  return {
    invocations,
    lines,
    close,
    bodies: () => invocations.flatMap(({ records }) => records.map(({ body }) => body)),
    /** Resolves when the condition holds, checked whenever an invocation begins or ends. */
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!condition()) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
      }),
  };
}
