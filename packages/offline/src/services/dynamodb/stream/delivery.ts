import { randomUUID } from "node:crypto";
import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke } from "../../../runtime/invocation.ts";
import { backOff } from "../../../util/backoff.ts";
import type { Clock } from "../../../util/clock.ts";
import { describeFailure, readBatchResult } from "./event.ts";
import { type Condition, type FailureDetails, failureMessage } from "./failure.ts";

/** A record to deliver. */
export interface BatchRecord {
  sequenceNumber: string;
  /** Milliseconds since the epoch, to the second or the minute. */
  createdAt: number;
  /** The record of the function's event. */
  json: string;
}

/** How to deliver the batches of one shard. */
export interface DeliveryOptions {
  mapping: EventSourceMapping;
  shardId: string;
  /** When the poller started, in milliseconds since the epoch: records do not age before. */
  agesFrom: number;
  invoke: Invoke;
  /** Sends a message to the queue with this ARN. */
  sendToQueue: (queueArn: string, body: string) => Promise<void>;
  /** Stores that all records up to this one were processed or given up. */
  saveCheckpoint: (sequenceNumber: string) => void;
  clock: Clock;
  log: (line: string) => void;
  signal: AbortSignal;
}

interface Batch {
  records: BatchRecord[];
  /** Invocations that count as attempts. */
  attempts: number;
  /** All failed invocations, including throttled ones. */
  failures: number;
}

/**
 * Delivers a batch in order, until each of its records was processed or given up, as Lambda does:
 * - A function error, or a report of the first record, fails the batch; it is retried with backoff.
 * - After a report of a later record, all records before it are processed, and the others are a new
 *   batch.
 * - `bisectOnError` splits a failed batch at the reported record, or in the middle. This does not
 *   count as a retry.
 * - A throttled invocation is repeated and does not count.
 * - Records that are too old, and batches without retries left, go to the on-failure queue.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 *
 * @throws {Error} `AbortError`, between two invocations
 */
export async function deliver(records: BatchRecord[], options: DeliveryOptions): Promise<void> {
  const batches = [newBatch(records)];
  for (let batch = batches.shift(); batch; batch = batches.shift()) {
    batches.unshift(...(await attempt(batch, options)));
  }
}

const newBatch = (records: BatchRecord[]): Batch => ({ records, attempts: 0, failures: 0 });

/** Invokes the function once, and returns the batches that remain. */
async function attempt(batch: Batch, options: DeliveryOptions): Promise<Batch[]> {
  const { mapping, invoke, saveCheckpoint, clock, log, signal } = options;
  const { records } = batch;
  signal.throwIfAborted();
  const expired = countExpired(records, options);
  if (expired > 0) {
    await giveUp(records.slice(0, expired), "RecordAgeExceeded", batch.attempts, options);
    return expired < records.length ? [newBatch(records.slice(expired))] : [];
  }

  const requestId = randomUUID();
  const payload = `{"Records":[${records.map(({ json }) => json).join()}]}`;
  const result = await invoke(mapping.functionArn, payload, { requestId });
  const failures = batch.failures + 1;
  if (result.kind === "throttled") {
    await backOff(batch.failures, signal, clock);
    return [{ ...batch, failures }];
  }

  const { processed, isReported } = readBatchResult(result, records, mapping.partialResponses);
  if (processed > 0) {
    saveCheckpoint((records[processed - 1] as BatchRecord).sequenceNumber);
    return processed < records.length ? [newBatch(records.slice(processed))] : [];
  }
  const attempts = batch.attempts + 1;
  log(`Batch of ${records.length} failed, attempt ${attempts}: ${describeFailure(result)}`);
  if (mapping.bisectOnError && records.length > 1) {
    const at = isReported ? 1 : Math.ceil(records.length / 2);
    return [newBatch(records.slice(0, at)), newBatch(records.slice(at))];
  }
  const { maximumRetryAttempts } = mapping;
  if (maximumRetryAttempts >= 0 && attempts > maximumRetryAttempts) {
    await giveUp(records, "RetryAttemptsExhausted", attempts, options, { requestId, result });
    return [];
  }
  await backOff(batch.failures, signal, clock);
  return [{ records, attempts, failures }];
}

/** Returns how many records, counted from the first, exceed the maximum age. */
function countExpired(
  records: BatchRecord[],
  { mapping, agesFrom, clock }: DeliveryOptions,
): number {
  const { maximumRecordAgeSeconds: maximum } = mapping;
  if (maximum < 0) return 0;
  const now = clock.now();
  const fresh = records.findIndex(
    ({ createdAt }) => now - Math.max(createdAt, agesFrom) <= maximum * 1000,
  );
  return fresh === -1 ? records.length : fresh;
}

/** Sends the records to the on-failure queue, if there is one, and then saves the checkpoint. */
async function giveUp(
  records: BatchRecord[],
  condition: Condition,
  attempts: number,
  { mapping, shardId, sendToQueue, saveCheckpoint, clock, log, signal }: DeliveryOptions,
  lastInvocation?: FailureDetails["lastInvocation"],
): Promise<void> {
  log(`Gave up ${records.length} records of ${shardId}: ${condition}`);
  const { onFailureArn } = mapping;
  if (onFailureArn !== undefined) {
    const now = clock.now();
    const details = { mapping, shardId, condition, attempts, lastInvocation, now };
    const body = failureMessage(records, details);
    for (let failures = 0; ; failures++) {
      signal.throwIfAborted();
      try {
        await sendToQueue(onFailureArn, body);
        break;
      } catch (error) {
        log(`Cannot send a message to ${onFailureArn}: ${(error as Error).message}`);
        await backOff(failures, signal, clock);
      }
    }
  }
  saveCheckpoint((records.at(-1) as BatchRecord).sequenceNumber);
}
