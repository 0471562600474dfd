import type { Waker } from "../../../util/waker.ts";
import type { BatchRecord } from "./delivery.ts";
import type { StreamRecord } from "./record.ts";

/** Lambda's limit of 6 MiB for a payload, less a little for what is around the records. */
const MAX_BYTES = 6 * 1024 * 1024 - 100;
const MIN_IDLE_MS = 20;
const MAX_IDLE_MS = 200;

export interface Batching {
  batchSize: number;
  windowMs: number;
  /** The record as the function gets it; undefined when a filter drops it. */
  select: (record: StreamRecord) => BatchRecord | undefined;
  deliver: (batch: BatchRecord[]) => Promise<void>;
  /** All records up to this one are done or were dropped. */
  done: (sequenceNumber: string) => void;
  waker: Waker;
}

/**
 * Delivers what a shard has, a batch at a time. A batch goes out when it has as many records or
 * bytes as it may, or when its window has passed since its first record was read.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 *
 * @param pages an empty one when there is nothing new: then the next is asked for later, by and by
 *   less often
 */
export async function batchShard(
  pages: AsyncIterable<StreamRecord[]>,
  { batchSize, windowMs, select, deliver, done, waker }: Batching,
): Promise<void> {
  let waiting: BatchRecord[] = [];
  let windowEnds = 0;
  let idle = MIN_IDLE_MS;
  let moment = waker.now();

  async function deliverDue(closed = false) {
    while (waiting.length > 0) {
      const size = Math.min(fitting(waiting), batchSize);
      const full = size < waiting.length || size === batchSize;
      if (!full && !closed && Date.now() < windowEnds) return;
      await deliver(waiting.slice(0, size));
      waiting = waiting.slice(size);
      windowEnds = Date.now() + windowMs;
    }
  }

  for await (const page of pages) {
    const last = page.at(-1);
    if (last) {
      if (waiting.length === 0) windowEnds = Date.now() + windowMs;
      for (const record of page) {
        const selected = select(record);
        if (selected) waiting.push(selected);
      }
      idle = MIN_IDLE_MS;
    }
    await deliverDue();
    if (last && waiting.length === 0) done(last.dynamodb.SequenceNumber);
    if (!last) {
      await waker.sleep(idle, moment);
      idle = waker.now() === moment ? Math.min(2 * idle, MAX_IDLE_MS) : MIN_IDLE_MS;
    }
    moment = waker.now();
  }
  await deliverDue(true);
}

/** How many of the records a payload can hold; at least one. */
function fitting(records: BatchRecord[]): number {
  let bytes = 0;
  const over = records.findIndex(({ json }) => {
    bytes += Buffer.byteLength(json) + 1;
    return bytes > MAX_BYTES;
  });
  return over === -1 ? records.length : Math.max(over, 1);
}
