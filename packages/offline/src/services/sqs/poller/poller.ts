import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke } from "../../../runtime/invocation.ts";
import { MAX_INSTANCES } from "../../../runtime/invocation.ts";
import { backOff } from "../../../util/backoff.ts";
import type { Clock } from "../../../util/clock.ts";
import { callSqs } from "../call.ts";
import type { Queue } from "../resources.ts";
import { createDelivery } from "./delivery.ts";
import { Message } from "./event.ts";

export interface QueuePollerOptions {
  mapping: EventSourceMapping;
  queue: Queue;
  /** Base URL of the SQS emulator. */
  sqsEndpoint: string;
  invoke: Invoke;
  /**
   * Time of batching windows, retries and scaling. Long polls and visibility timeouts use the
   * system's time: fauxqs calls `Date.now` and `setTimeout`, and accepts no clock.
   */
  clock: Clock;
  /** Prints a line in the terminal. */
  log: (line: string) => void;
}

export interface QueuePoller {
  /**
   * Stops receiving messages, and waits up to two seconds for running invocations. Messages that
   * they do not finish become visible again after the visibility timeout.
   */
  close(): Promise<void>;
}

/** Batches that Lambda processes at the same time at first, and again after the queue was empty. */
const INITIAL_CONCURRENCY = 5;

/** Milliseconds before each further batch: Lambda adds up to 300 a minute while messages remain. */
const GROWTH_MS = 200;

const CLOSE_GRACE_MS = 2_000;

/** Limits of `ReceiveMessage`. */
const MAX_MESSAGES = 10;
const MAX_WAIT_SECONDS = 20;

const Received = z.object({ Messages: z.array(Message).default([]) });

/**
 * Starts an event source mapping of a queue: invokes the function with batches of messages, several
 * at a time, and deletes the messages that were processed. Failed messages become visible again
 * after the visibility timeout, until SQS moves them to the dead-letter queue.
 *
 * The poller receives no message while as many batches are in progress as the mapping's
 * `maximumConcurrency` allows, so that waiting does not count as a receive. Without that setting,
 * Lambda scales to 1,250 batches; offline a function has at most {@link MAX_INSTANCES} processes,
 * and messages received beyond them would wait until their visibility timeout.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 *
 * @throws {UserError} A filter pattern is not valid.
 */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const { mapping, queue, sqsEndpoint, clock, log } = options;
  const abort = new AbortController();
  const { signal } = abort;
  const maximumConcurrency = Math.min(mapping.maximumConcurrency ?? MAX_INSTANCES, MAX_INSTANCES);
  const initialConcurrency = Math.min(INITIAL_CONCURRENCY, maximumConcurrency);
  let concurrency = initialConcurrency;
  let growth: Promise<void> | undefined;
  const running = new Set<Promise<void>>();

  const callQueue = (operation: string, input: object, signal?: AbortSignal) =>
    callSqs(sqsEndpoint, operation, { QueueUrl: queue.url, ...input }, signal);
  const deliver = createDelivery({ ...options, callQueue, signal });

  async function receive(MaxNumberOfMessages: number, WaitTimeSeconds: number) {
    const attributes = { MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] };
    const input = { ...attributes, MaxNumberOfMessages, WaitTimeSeconds };
    return Received.parse(await callQueue("ReceiveMessage", input, signal)).Messages;
  }

  async function poll(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const batch = await receiveBatch(mapping, receive, clock);
        failures = 0;
        if (batch.length > 0) await start(batch);
        else concurrency = initialConcurrency;
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) log(`Cannot receive from ${queue.name}: ${(error as Error).message}`);
        await backOff(failures++, signal, clock);
      }
    }
  }

  /** Starts a delivery, and resolves when another one may start. */
  async function start(batch: Message[]): Promise<void> {
    const delivery = deliver(batch).finally(() => running.delete(delivery));
    running.add(delivery);
    while (running.size >= concurrency && !signal.aborted) {
      if (concurrency < maximumConcurrency) growth ??= increaseConcurrency();
      await Promise.race(growth ? [...running, growth] : running);
    }
  }

  async function increaseConcurrency(): Promise<void> {
    await clock.sleep(GROWTH_MS, signal).catch(() => {});
    concurrency++;
    growth = undefined;
  }

  const polling = poll();
  return {
    async close() {
      abort.abort();
      const grace = new AbortController();
      // System time, because it limits real invocations.
      const timeout = sleep(CLOSE_GRACE_MS, undefined, { signal: grace.signal }).catch(() => {});
      await Promise.race([Promise.all([polling, ...running]), timeout]);
      grace.abort();
    },
  };
}

/**
 * Receives one batch. It is complete with `batchSize` messages, or when the batching window has
 * passed since the first message was received.
 *
 * @param receive calls `ReceiveMessage` with `MaxNumberOfMessages` and `WaitTimeSeconds`
 * @returns an empty batch when no message arrived within 20 s
 */
async function receiveBatch(
  { batchSize, batchingWindowSeconds }: EventSourceMapping,
  receive: (maximum: number, waitSeconds: number) => Promise<Message[]>,
  clock: Clock,
): Promise<Message[]> {
  const batch = await receive(Math.min(batchSize, MAX_MESSAGES), MAX_WAIT_SECONDS);
  const end = clock.now() + batchingWindowSeconds * 1000;
  while (batch.length > 0 && batch.length < batchSize) {
    const remainingSeconds = Math.ceil((end - clock.now()) / 1000);
    if (remainingSeconds <= 0) break;
    const maximum = Math.min(batchSize - batch.length, MAX_MESSAGES);
    batch.push(...(await receive(maximum, Math.min(remainingSeconds, MAX_WAIT_SECONDS))));
  }
  return batch;
}
