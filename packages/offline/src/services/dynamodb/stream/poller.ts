import { setTimeout as sleep } from "node:timers/promises";
import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke } from "../../../runtime/invocation.ts";
import type { Clock } from "../../../util/clock.ts";
import { compileFilters } from "../../../util/event-pattern.ts";
import { createWaker } from "../../../util/waker.ts";
import type { Table } from "../resources.ts";
import { deliverInBatches } from "./batching.ts";
import { openCheckpoints, SHARD_END, TRIM_HORIZON } from "./checkpoints.ts";
import { isChange, latestStream, listShards, type Stream, type StreamRecord } from "./client.ts";
import { type BatchRecord, deliver } from "./delivery.ts";
import { toEventRecord } from "./event.ts";
import { consumeShards, type ReadOptions, readShard, retry } from "./shards.ts";

const CLOSE_GRACE_MS = 2_000;

export interface StreamPollerOptions {
  mapping: EventSourceMapping;
  /** The table with the stream. */
  table: Table;
  dynamodbEndpoint: string;
  /** Where to store the checkpoints; pollers may share it. */
  directory: string;
  invoke: Invoke;
  /** Sends a message to the queue with this ARN. The poller repeats it after a rejection. */
  sendToQueue: (queueArn: string, body: string) => Promise<void>;
  clock: Clock;
  log: (line: string) => void;
  /** Called with the reason when checkpoints can no longer be stored. */
  onFailure?: (reason: string) => void;
}

export interface StreamPoller {
  /** Reads the stream now. Without this call, the poller sees a change within 0.2 s. */
  wake(): void;
  /**
   * Starts no more invocations, and waits up to two seconds for the running ones. What they do not
   * finish is delivered again after the next start.
   */
  close(): Promise<void>;
}

/**
 * Starts an event source mapping of a DynamoDB stream: invokes the function with batches of the
 * stream's records, in order, one batch at a time per shard. Each processed batch is stored as a
 * checkpoint, so every record is delivered at least once, also across restarts and `kill -9`.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 *
 * @throws {UserError} The table has no stream, a filter is not valid, or the checkpoints are damaged.
 */
export async function startStreamPoller(options: StreamPollerOptions): Promise<StreamPoller> {
  const { mapping, table, dynamodbEndpoint, directory, clock, log } = options;
  const matches = compileFilters(mapping.filters);
  const stream = await latestStream(dynamodbEndpoint, table);
  const { onFailure = () => {} } = options;
  const checkpoints = openCheckpoints(directory, mapping.name, stream.arn, onFailure);
  const abort = new AbortController();
  const readOptions = { clock, signal: abort.signal, log };
  const waker = createWaker(abort.signal, clock);
  const agesFrom = clock.now();
  const list = () => retry(() => listShards(stream), readOptions);

  async function consume(shardId: string): Promise<void> {
    const saveCheckpoint = (position: string) => checkpoints.put({ [shardId]: position });
    const delivery = { ...options, ...readOptions, shardId, agesFrom, saveCheckpoint };
    const pages = readShard(stream, shardId, checkpoints.get(shardId), readOptions);
    await deliverInBatches(pages, {
      batchSize: mapping.batchSize,
      windowMs: mapping.batchingWindowSeconds * 1000,
      toBatchRecord(record) {
        const shard = { streamArn: stream.arn, shardId };
        const event = toEventRecord(record, mapping.eventSourceArn, shard);
        return isChange(record) && matches(event) ? toBatchRecord(record, event) : undefined;
      },
      deliver: (batch) => deliver(batch, delivery),
      saveCheckpoint,
      waker,
      clock,
    });
    saveCheckpoint(SHARD_END);
  }

  if (mapping.startingPosition === "LATEST" && checkpoints.isNew()) {
    checkpoints.put(await findLatestPositions(stream, await list(), readOptions));
  }
  function fail(error: Error): never {
    if (!abort.signal.aborted) {
      log(`${mapping.name} no longer reads the stream of ${table.name}: ${error.message}`);
    }
    abort.abort();
    throw error;
  }
  const consuming = consumeShards(
    list,
    checkpoints.get,
    (id) => consume(id).catch(fail),
    readOptions,
  )
    .catch(fail)
    .catch(() => {});

  return {
    wake: waker.wake,
    async close() {
      abort.abort();
      const grace = new AbortController();
      // System time, because it limits real invocations.
      const timeout = sleep(CLOSE_GRACE_MS, undefined, { signal: grace.signal }).catch(() => {});
      await Promise.race([consuming, timeout]);
      grace.abort();
      checkpoints.close();
    },
  };
}

function toBatchRecord({ dynamodb }: StreamRecord, event: object): BatchRecord {
  return {
    sequenceNumber: dynamodb.SequenceNumber,
    createdAt: dynamodb.ApproximateCreationDateTime * 1000,
    json: JSON.stringify(event),
  };
}

/**
 * Returns the current ends of the shards, by reading them. An iterator of the type `LATEST` cannot be
 * stored: a process that dies before its first checkpoint would lose the records written since.
 */
async function findLatestPositions(
  stream: Stream,
  shards: { ShardId: string }[],
  options: ReadOptions,
): Promise<Record<string, string>> {
  const positions: Record<string, string> = {};
  for (const { ShardId } of shards) {
    positions[ShardId] = SHARD_END;
    let last = TRIM_HORIZON;
    for await (const page of readShard(stream, ShardId, TRIM_HORIZON, options)) {
      last = page.at(-1)?.dynamodb.SequenceNumber ?? last;
      if (page.length > 0) continue;
      positions[ShardId] = last;
      break;
    }
  }
  return positions;
}
