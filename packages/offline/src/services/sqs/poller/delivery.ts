import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke, InvokeResult } from "../../../runtime/invocation.ts";
import { backOff } from "../../../util/backoff.ts";
import type { Clock } from "../../../util/clock.ts";
import { compileFilters } from "../../../util/event-pattern.ts";
import type { Queue } from "../resources.ts";
import {
  type Message,
  type QueueRecord,
  readBatchResult,
  toFilterable,
  toRecord,
} from "./event.ts";

export interface DeliveryOptions {
  mapping: EventSourceMapping;
  queue: Queue;
  callQueue: (operation: string, input: object) => Promise<unknown>;
  invoke: Invoke;
  clock: Clock;
  log: (line: string) => void;
  /** Ends all retries. */
  signal: AbortSignal;
}

/** Lambda's payload limit of 6 MiB, minus 1 KiB for the JSON around the records. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024 - 1024;

/** Entries that `DeleteMessageBatch` accepts. */
const MAX_DELETED = 10;

/**
 * Creates a function that delivers one batch of received messages: it invokes the Lambda function,
 * and deletes the messages that were processed and those that no filter matches. Failed messages
 * stay in the queue unchanged.
 *
 * @returns a function whose promise never rejects
 * @throws {UserError} A filter pattern is not valid.
 */
export function createDelivery(options: DeliveryOptions): (batch: Message[]) => Promise<void> {
  const { mapping, queue, callQueue, invoke, clock, log, signal } = options;
  const matches = compileFilters(mapping.filters);
  /** How long a complete batch stays invisible to other consumers. */
  const invisibleMs =
    (Number(queue.attributes.VisibilityTimeout) - mapping.batchingWindowSeconds) * 1000;

  async function deliver(records: QueueRecord[], deadline: number): Promise<void> {
    const result = await invokeUntil(deadline, records);
    const { processed, error } = readBatchResult(records, result, mapping.partialResponses);
    if (error) log(`All ${records.length} messages of ${queue.name} failed: ${error}`);
    await remove(processed, deadline);
  }

  /**
   * Repeats a throttled invocation while the messages are invisible: receiving them again would
   * count towards the queue's `maxReceiveCount`.
   */
  async function invokeUntil(deadline: number, records: QueueRecord[]): Promise<InvokeResult> {
    const payload = JSON.stringify({ Records: records });
    const traceHeader = records.length === 1 ? records[0]?.attributes.AWSTraceHeader : undefined;
    for (let attempt = 0; ; attempt++) {
      const result = await invoke(mapping.functionArn, payload, traceHeader ? { traceHeader } : {});
      if (result.kind !== "throttled" || signal.aborted || clock.now() > deadline) return result;
      await backOff(attempt, signal, clock);
    }
  }

  async function remove(records: QueueRecord[], deadline: number): Promise<void> {
    for (const chunk of chunks(records, MAX_DELETED)) {
      const Entries = chunk.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      }));
      await deleteUntil(deadline, Entries);
    }
  }

  /** Repeats a failed deletion until the messages become visible again. */
  async function deleteUntil(deadline: number, Entries: object[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await callQueue("DeleteMessageBatch", { Entries });
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (clock.now() > deadline) {
          const reason = (error as Error).message;
          return log(`Cannot delete ${Entries.length} messages from ${queue.name}: ${reason}`);
        }
      }
      await backOff(attempt, signal, clock);
    }
  }

  return async (batch) => {
    const deadline = clock.now() + invisibleMs;
    const records = batch.map((message) => toRecord(queue, message));
    const { matching = [], others = [] } = Object.groupBy(records, (record) =>
      matches(toFilterable(record)) ? "matching" : "others",
    );
    await remove(others, deadline);
    for (const event of splitBySize(matching)) await deliver(event, deadline);
  };
}

/** Splits records into groups that fit into one event. */
function splitBySize(records: QueueRecord[]): QueueRecord[][] {
  const result: QueueRecord[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (bytes + size > MAX_EVENT_BYTES) {
      result.push([]);
      bytes = 0;
    }
    result.at(-1)?.push(record);
    bytes += size;
  }
  return result;
}

function chunks<Item>(items: Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
