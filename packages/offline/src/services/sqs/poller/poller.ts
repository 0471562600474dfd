import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke } from "../../../runtime/invocation.ts";
import { backoff } from "../../../util/backoff.ts";
import { MAX_INSTANCES } from "../../lambda/process/pool.ts";
import { callSqs } from "../call.ts";
import type { Queue } from "../resources.ts";
import { createDelivery } from "./delivery.ts";
import { Message } from "./event.ts";
import { receiveBatch } from "./receive.ts";

export interface QueuePollerOptions {
  source: EventSourceMapping;
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

/** Batches that Lambda processes at the same time at first, and again after the queue was empty. */
const INITIAL_CONCURRENCY = 5;

/** Milliseconds for each further batch: Lambda adds up to 300 a minute while messages remain. */
const GROWTH_MS = 200;

const CLOSE_GRACE_MS = 2_000;

const Received = z.object({ Messages: z.array(Message).default([]) });

/**
 * Lambda's poller of one queue: it invokes the function with batches of messages, several at a
 * time, and deletes what the function is done with. What it fails to do comes back after the
 * visibility timeout, until SQS moves it to the dead-letter queue.
 *
 * It receives no message while as many batches are in progress as the mapping's `maximumConcurrency`
 * allows, so waiting counts as no receive. Without one, Lambda scales to 1,250 batches. Offline a
 * function has no more than {@link MAX_INSTANCES} processes, and messages received beyond them
 * would wait until their visibility timeout.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 *
 * @throws {UserError} A filter pattern is not valid.
 */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const { source, queue, sqsEndpoint, invoke, log } = options;
  const { signal, abort } = abortable();
  const maximumConcurrency = Math.min(source.maximumConcurrency ?? MAX_INSTANCES, MAX_INSTANCES);
  const initialConcurrency = Math.min(INITIAL_CONCURRENCY, maximumConcurrency);
  let concurrency = initialConcurrency;
  let growth: Promise<void> | undefined;
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
        else concurrency = initialConcurrency;
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
    while (running.size >= concurrency && !signal.aborted) {
      if (concurrency < maximumConcurrency) growth ??= grow();
      await Promise.race(growth ? [...running, growth] : running);
    }
  }

  async function grow(): Promise<void> {
    await sleep(GROWTH_MS, undefined, { signal }).catch(() => {});
    concurrency++;
    growth = undefined;
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
