import { randomUUID } from "node:crypto";
import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke } from "../../../runtime/invocation.ts";
import { backoff } from "../../../util/backoff.ts";
import { type Condition, failureMessage } from "./failure.ts";
import { doneOf, reasonOf } from "./response.ts";

/** A record that is to be delivered. */
export interface BatchRecord {
  sequenceNumber: string;
  /** Milliseconds since the epoch, to the second or the minute. */
  createdAt: number;
  /** As the function gets it. */
  json: string;
}

/** How the batches of one shard are delivered. */
export interface Delivery {
  source: EventSourceMapping;
  shardId: string;
  /** Milliseconds since the epoch: records do not age before, as nobody could deliver them. */
  agesFrom: number;
  invoke: Invoke;
  /** Sends a message to the queue with this ARN. */
  sendToQueue: (queueArn: string, body: string) => Promise<void>;
  /** All records up to this one are done, or given up. */
  done: (sequenceNumber: string) => void;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** A part of a batch that is delivered for itself. */
interface Piece {
  records: BatchRecord[];
  /** Invocations that count as attempts, and all that failed, throttled ones too. */
  attempts: number;
  failures: number;
}

/**
 * Delivers a batch until each of its records is done or given up, in order, as Lambda does:
 * - a function error, or a reported first record, fails the batch; it is retried with backoff;
 * - a report of a later record is progress: all before it are done, and the rest is a new batch;
 * - `bisectOnError` splits a batch that failed, which is no retry: at the record that the function
 *   reported, else in the middle;
 * - a throttled invocation is repeated and does not count;
 * - records that are too old, and batches with no retries left, go to the on-failure queue.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 *
 * @throws {Error} `AbortError`, between two invocations
 */
export async function deliver(records: BatchRecord[], delivery: Delivery): Promise<void> {
  const pieces = [piece(records)];
  for (let next = pieces.shift(); next; next = pieces.shift()) {
    pieces.unshift(...(await attempt(next, delivery)));
  }
}

const piece = (records: BatchRecord[]): Piece => ({ records, attempts: 0, failures: 0 });

/** Invokes once, and returns what is left to do. */
async function attempt(current: Piece, delivery: Delivery): Promise<Piece[]> {
  const { source, invoke, done, log, signal } = delivery;
  const { records } = current;
  signal.throwIfAborted();
  const expired = expiredOf(records, delivery);
  if (expired > 0) {
    await giveUp(records.slice(0, expired), "RecordAgeExceeded", current.attempts, delivery);
    return expired < records.length ? [piece(records.slice(expired))] : [];
  }

  const requestId = randomUUID();
  const payload = `{"Records":[${records.map(({ json }) => json).join()}]}`;
  const result = await invoke(source.functionArn, payload, { requestId });
  const failures = current.failures + 1;
  if (result.kind === "throttled") {
    await backoff(current.failures, signal);
    return [{ ...current, failures }];
  }

  const { count, reported } = doneOf(result, records, source.partialResponses);
  if (count > 0) {
    done((records[count - 1] as BatchRecord).sequenceNumber);
    return count < records.length ? [piece(records.slice(count))] : [];
  }
  const attempts = current.attempts + 1;
  log(`Batch of ${records.length} failed, attempt ${attempts}: ${reasonOf(result)}`);
  if (source.bisectOnError && records.length > 1) {
    const at = reported ? 1 : Math.ceil(records.length / 2);
    return [piece(records.slice(0, at)), piece(records.slice(at))];
  }
  const { maximumRetryAttempts } = source;
  if (maximumRetryAttempts >= 0 && attempts > maximumRetryAttempts) {
    await giveUp(records, "RetryAttemptsExhausted", attempts, delivery, { requestId, result });
    return [];
  }
  await backoff(current.failures, signal);
  return [{ records, attempts, failures }];
}

/** How many records, from the first on, are older than allowed. */
function expiredOf(records: BatchRecord[], { source, agesFrom }: Delivery): number {
  const { maximumRecordAgeSeconds: maximum } = source;
  if (maximum < 0) return 0;
  const now = Date.now();
  const fresh = records.findIndex(
    ({ createdAt }) => now - Math.max(createdAt, agesFrom) <= maximum * 1000,
  );
  return fresh === -1 ? records.length : fresh;
}

/** Not before the on-failure queue has the message are the records done. */
async function giveUp(
  records: BatchRecord[],
  condition: Condition,
  attempts: number,
  { source, shardId, sendToQueue, done, log, signal }: Delivery,
  last?: Parameters<typeof failureMessage>[1]["last"],
): Promise<void> {
  log(`Gave up ${records.length} records of ${shardId}: ${condition}`);
  const { onFailureArn } = source;
  if (onFailureArn !== undefined) {
    const body = failureMessage(records, { source, shardId, condition, attempts, last });
    for (let failures = 0; ; failures++) {
      signal.throwIfAborted();
      try {
        await sendToQueue(onFailureArn, body);
        break;
      } catch (error) {
        log(`No message to ${onFailureArn}: ${(error as Error).message}`);
        await backoff(failures, signal);
      }
    }
  }
  done((records.at(-1) as BatchRecord).sequenceNumber);
}
