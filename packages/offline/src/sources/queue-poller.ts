import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { callSqs } from "../emulators/call-sqs.ts";
import type { EventSource, Queue } from "../graph/app.ts";
import type { Invoke } from "../lambda/invoke.ts";
import { backoff } from "./backoff.ts";
import { createDelivery } from "./queue-delivery.ts";
import { Message } from "./queue-event.ts";
import { receiveBatch } from "./queue-receive.ts";

export interface QueuePollerOptions {
  source: EventSource;
  queue: Queue;
  /** Base URL of SQS. */
  sqsEndpoint: string;
  invoke: Invoke;
  /** A line for the person at the terminal. */
  log: (line: string) => void;
}

export interface QueuePoller {
  /**
   * Takes no more messages, and gives invocations under way two seconds to finish. What they do not
   * finish stays in the queue, and is visible again after its visibility timeout.
   */
  close(): Promise<void>;
}

/** Batches at a time where the mapping sets no maximum: as many as Lambda begins with. */
const DEFAULT_CONCURRENCY = 5;

const CLOSE_GRACE_MS = 2_000;

const Received = z.object({ Messages: z.array(Message).default([]) });

/**
 * Lambda's poller of one queue: it invokes the function with batches of messages, several at a
 * time, and deletes what the function is done with. What it fails to do comes back after the
 * visibility timeout, until SQS moves it to the dead-letter queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 *
 * @throws {UserError} A filter pattern is not valid.
 */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const { source, queue, sqsEndpoint, invoke, log } = options;
  const { signal, abort } = abortable();
  const concurrency = source.maximumConcurrency ?? DEFAULT_CONCURRENCY;
  const running = new Set<Promise<void>>();

  const sqs = (operation: string, input: object, signal?: AbortSignal) =>
    callSqs(sqsEndpoint, operation, { QueueUrl: queue.url, ...input }, signal);
  const deliver = createDelivery({ source, queue, sqs, invoke, log, signal });

  async function receive(MaxNumberOfMessages: number, WaitTimeSeconds: number) {
    const wanted = { MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] };
    const input = { ...wanted, MaxNumberOfMessages, WaitTimeSeconds };
    return Received.parse(await sqs("ReceiveMessage", input, signal)).Messages;
  }

  async function poll(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const batch = await receiveBatch(source, receive);
        failures = 0;
        if (batch.length > 0) await start(batch);
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) log(`Cannot receive from ${queue.name}: ${(error as Error).message}`);
        await backoff(failures++, signal);
      }
    }
  }

  /** Resolves when there is room for a further batch. */
  async function start(batch: Message[]): Promise<void> {
    const delivery = deliver(batch).finally(() => running.delete(delivery));
    running.add(delivery);
    if (running.size >= concurrency) await Promise.race(running);
  }

  const polling = poll();
  return {
    async close() {
      abort();
      const grace = new AbortController();
      const over = sleep(CLOSE_GRACE_MS, undefined, { signal: grace.signal }).catch(() => {});
      await Promise.race([Promise.all([polling, ...running]), over]);
      grace.abort();
    },
  };
}

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
