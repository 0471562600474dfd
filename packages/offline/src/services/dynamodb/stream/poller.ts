import { setTimeout as sleep } from "node:timers/promises";
import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke } from "../../../runtime/invocation.ts";
import { compileFilters } from "../../../util/event-pattern.ts";
import { createWaker } from "../../../util/waker.ts";
import type { Table } from "../resources.ts";
import { latestStream, listShards, type Stream } from "./api.ts";
import { batchShard } from "./batching.ts";
import { openCheckpoints, SHARD_END, TRIM_HORIZON } from "./checkpoints.ts";
import { type BatchRecord, deliver } from "./delivery.ts";
import { type Reading, readShard, untilAnswered } from "./reader.ts";
import { isChange, type StreamRecord, toEventRecord } from "./record.ts";
import { followShards } from "./shards.ts";

const CLOSE_GRACE_MS = 2_000;

export interface StreamPollerOptions {
  source: EventSourceMapping;
  /** The table whose stream it is. */
  table: Table;
  dynamodbEndpoint: string;
  /** Where the checkpoints are kept; pollers may share it. */
  directory: string;
  invoke: Invoke;
  /** Sends a message to the queue with this ARN; the poller repeats it when it rejects. */
  sendToQueue: (queueArn: string, body: string) => Promise<void>;
  log: (line: string) => void;
  /** Called with a sentence when the checkpoints can no longer be stored. */
  onFailure?: (reason: string) => void;
}

export interface StreamPoller {
  /** The table may have changed: look now. Without it a change is seen within 0.2 s. */
  wake(): void;
  /**
   * Starts no more invocations, and gives the ones under way two seconds to finish. What they do not
   * finish is delivered again after the next start.
   */
  close(): Promise<void>;
}

/**
 * An event source mapping of a DynamoDB stream: invokes the function with batches of the stream's
 * records, in order, one batch at a time in each shard. A batch that is done is kept as checkpoint,
 * so that after a restart, or `kill -9`, every record is delivered at least once.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 *
 * @throws {UserError} The table has no stream, a filter is not valid, or the checkpoints are damaged.
 */
export async function startStreamPoller(options: StreamPollerOptions): Promise<StreamPoller> {
  const { source, table, dynamodbEndpoint, directory, log, onFailure = () => {} } = options;
  const matches = compileFilters(source.filters);
  const stream = await latestStream(dynamodbEndpoint, table);
  const checkpoints = openCheckpoints(directory, source.name, stream.arn, onFailure);
  const abort = new AbortController();
  const reading = { signal: abort.signal, log };
  const waker = createWaker(abort.signal);
  const agesFrom = Date.now();
  const list = () => untilAnswered(() => listShards(stream), reading);

  async function consume(shardId: string): Promise<void> {
    const done = (sequenceNumber: string) => checkpoints.put({ [shardId]: sequenceNumber });
    const delivery = { ...options, ...reading, shardId, agesFrom, done };
    await batchShard(readShard(stream, shardId, checkpoints.get(shardId), reading), {
      batchSize: source.batchSize,
      windowMs: source.batchingWindowSeconds * 1000,
      select(record) {
        const shard = { streamArn: stream.arn, shardId };
        const event = toEventRecord(record, source.eventSourceArn, shard);
        return isChange(record) && matches(event) ? toBatchRecord(record, event) : undefined;
      },
      deliver: (batch) => deliver(batch, delivery),
      done,
      waker,
    });
    done(SHARD_END);
  }

  if (source.startingPosition === "LATEST" && checkpoints.isNew()) {
    checkpoints.put(await latestPositions(stream, await list(), reading));
  }
  function fail(error: Error): never {
    if (!abort.signal.aborted) {
      log(`${source.name} no longer reads the stream of ${table.name}: ${error.message}`);
    }
    abort.abort();
    throw error;
  }
  const ended = followShards(list, checkpoints.get, (id) => consume(id).catch(fail), abort.signal)
    .catch(fail)
    .catch(() => {});

  return {
    wake: waker.wake,
    async close() {
      abort.abort();
      const grace = new AbortController();
      const over = sleep(CLOSE_GRACE_MS, undefined, { signal: grace.signal }).catch(() => {});
      await Promise.race([ended, over]);
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
 * Where the shards end now. An iterator of the type `LATEST` could not be kept: what is written
 * before its first record is read and the checkpoint made would be lost with the process.
 */
async function latestPositions(
  stream: Stream,
  shards: { ShardId: string }[],
  reading: Reading,
): Promise<Record<string, string>> {
  const positions: Record<string, string> = {};
  for (const { ShardId } of shards) {
    positions[ShardId] = SHARD_END;
    let last = TRIM_HORIZON;
    for await (const page of readShard(stream, ShardId, TRIM_HORIZON, reading)) {
      last = page.at(-1)?.dynamodb.SequenceNumber ?? last;
      if (page.length > 0) continue;
      positions[ShardId] = last;
      break;
    }
  }
  return positions;
}
