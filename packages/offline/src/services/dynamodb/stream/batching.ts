import type { Clock } from "../../../util/clock.ts";
import type { Waker } from "../../../util/waker.ts";
import type { StreamRecord } from "./client.ts";
import type { BatchRecord } from "./delivery.ts";

/** Lambda's payload limit of 6 MiB, minus 100 bytes for the JSON around the records. */
const MAX_BYTES = 6 * 1024 * 1024 - 100;

/** Pause after an empty page: it doubles until there are records again. */
const MIN_PAUSE_MS = 20;
const MAX_PAUSE_MS = 200;

export interface BatchingOptions {
  batchSize: number;
  windowMs: number;
  /** Converts a record; undefined when a filter drops it. */
  toBatchRecord: (record: StreamRecord) => BatchRecord | undefined;
  deliver: (batch: BatchRecord[]) => Promise<void>;
  /** Stores that all records up to this one were processed or dropped. */
  saveCheckpoint: (sequenceNumber: string) => void;
  waker: Waker;
  clock: Clock;
}

/**
 * Delivers the records of a shard in batches. A batch is delivered when it has the maximum number of
 * records or bytes, or when its window has passed since its first record was read.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 *
 * @param pages pages of the shard's records; an empty page means that there are no new ones yet
 */
export async function deliverInBatches(
  pages: AsyncIterable<StreamRecord[]>,
  options: BatchingOptions,
): Promise<void> {
  const { batchSize, windowMs, toBatchRecord, deliver, saveCheckpoint, waker, clock } = options;
  let waiting: BatchRecord[] = [];
  let windowEnd = 0;
  let pause = MIN_PAUSE_MS;
  let wakes = waker.count();

  async function deliverDue(isClosed = false) {
    while (waiting.length > 0) {
      const size = Math.min(countFitting(waiting), batchSize);
      const isFull = size < waiting.length || size === batchSize;
      if (!isFull && !isClosed && clock.now() < windowEnd) return;
      await deliver(waiting.slice(0, size));
      waiting = waiting.slice(size);
      windowEnd = clock.now() + windowMs;
    }
  }

  for await (const page of pages) {
    const last = page.at(-1);
    if (last) {
      if (waiting.length === 0) windowEnd = clock.now() + windowMs;
      for (const record of page) {
        const batchRecord = toBatchRecord(record);
        if (batchRecord) waiting.push(batchRecord);
      }
      pause = MIN_PAUSE_MS;
    }
    await deliverDue();
    if (last && waiting.length === 0) saveCheckpoint(last.dynamodb.SequenceNumber);
    if (!last) {
      await waker.sleep(pause, wakes);
      pause = waker.count() === wakes ? Math.min(2 * pause, MAX_PAUSE_MS) : MIN_PAUSE_MS;
    }
    wakes = waker.count();
  }
  await deliverDue(true);
}

/** Returns how many of the records fit into a payload, at least one. */
function countFitting(records: BatchRecord[]): number {
  let bytes = 0;
  const first = records.findIndex(({ json }) => {
    bytes += Buffer.byteLength(json) + 1;
    return bytes > MAX_BYTES;
  });
  return first === -1 ? records.length : Math.max(first, 1);
}
