import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke, InvokeResult } from "../../../runtime/invocation.ts";
import { backoff } from "../../../util/backoff.ts";
import { compileFilters } from "../../../util/event-pattern.ts";
import type { Queue } from "../resources.ts";
import { type Message, type QueueRecord, toFilterable, toRecord } from "./event.ts";
import { outcome } from "./response.ts";

export interface DeliveryOptions {
  source: EventSourceMapping;
  queue: Queue;
  sqs: (operation: string, input: object) => Promise<unknown>;
  invoke: Invoke;
  log: (line: string) => void;
  /** Given when there shall be no further attempts. */
  signal: AbortSignal;
}

/** Lambda's limit of one event, less what is around the records. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024 - 1024;

/** What `DeleteMessageBatch` takes. */
const MAX_DELETED = 10;

/**
 * Brings batches of received messages to a function, and deletes those that it is done with, and
 * those that no filter wants. What the function fails to do stays, as it is, in the queue.
 *
 * @returns the way of one batch; it never rejects
 * @throws {UserError} A filter pattern is not valid.
 */
export function createDelivery(options: DeliveryOptions): (batch: Message[]) => Promise<void> {
  const { source, queue, sqs, invoke, log, signal } = options;
  const isWanted = compileFilters(source.filters);
  /** For how long a batch is ours alone, from when it is complete. */
  const ownedMs =
    (Number(queue.attributes.VisibilityTimeout) - source.batchingWindowSeconds) * 1000;

  async function deliver(records: QueueRecord[], deadline: number): Promise<void> {
    const result = await invokeUntil(deadline, records);
    const { done, problem } = outcome(records, result, source.partialResponses);
    if (problem) log(`All ${records.length} messages of ${queue.name} failed: ${problem}`);
    await remove(done, deadline);
  }

  /**
   * A function that is throttled is asked again for as long as the messages are ours, so that this
   * does not count as one of the times that they may be received.
   */
  async function invokeUntil(deadline: number, records: QueueRecord[]): Promise<InvokeResult> {
    const payload = JSON.stringify({ Records: records });
    const traceHeader = records.length === 1 ? records[0]?.attributes.AWSTraceHeader : undefined;
    for (let attempt = 0; ; attempt++) {
      const result = await invoke(source.functionArn, payload, traceHeader ? { traceHeader } : {});
      if (result.kind !== "throttled" || signal.aborted || Date.now() > deadline) return result;
      await backoff(attempt, signal);
    }
  }

  async function remove(records: QueueRecord[], deadline: number): Promise<void> {
    for (const some of chunks(records, MAX_DELETED)) {
      const Entries = some.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      }));
      await deleteUntil(deadline, Entries);
    }
  }

  /** What cannot be deleted in time comes again. */
  async function deleteUntil(deadline: number, Entries: object[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await sqs("DeleteMessageBatch", { Entries });
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (Date.now() > deadline) {
          const reason = (error as Error).message;
          return log(`Cannot delete ${Entries.length} messages from ${queue.name}: ${reason}`);
        }
      }
      await backoff(attempt, signal);
    }
  }

  return async (batch) => {
    const deadline = Date.now() + ownedMs;
    const records = batch.map((message) => toRecord(queue, message));
    const { wanted = [], unwanted = [] } = Object.groupBy(records, (record) =>
      isWanted(toFilterable(record)) ? "wanted" : "unwanted",
    );
    await remove(unwanted, deadline);
    for (const event of events(wanted)) await deliver(event, deadline);
  };
}

/** Records that fit into one event. */
function events(records: QueueRecord[]): QueueRecord[][] {
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
