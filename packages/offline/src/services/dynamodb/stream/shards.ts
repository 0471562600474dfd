import { backOff } from "../../../util/backoff.ts";
import type { Clock } from "../../../util/clock.ts";
import { DynamoDbError } from "../call.ts";
import { SHARD_END, TRIM_HORIZON } from "./checkpoints.ts";
import { getRecords, type Shard, type Stream, type StreamRecord, shardIterator } from "./client.ts";

/** Pause before the shards are listed again when all known ones have ended. */
const LIST_PAUSE_MS = 1_000;

export interface ReadOptions {
  clock: Clock;
  signal: AbortSignal;
  log: (line: string) => void;
}

/**
 * Consumes all shards of a stream concurrently, but a child only after its parent, so that the
 * changes of an item stay in order. Shards are listed at the start and whenever one has ended,
 * because the call is slow in one of the engines.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 *
 * @param position returns the checkpoint of a shard
 * @param consume resolves when the whole shard was processed and its position is `SHARD_END`
 * @returns a promise that never resolves; it rejects when `consume` or `list` does
 */
export async function consumeShards(
  list: () => Promise<Shard[]>,
  position: (shardId: string) => string,
  consume: (shardId: string) => Promise<void>,
  { clock, signal }: Pick<ReadOptions, "clock" | "signal">,
): Promise<never> {
  const running = new Map<string, Promise<void>>();
  let hasEnded = false;
  const start = (shardId: string) =>
    consume(shardId).finally(() => {
      hasEnded = true;
      running.delete(shardId);
    });
  try {
    for (;;) {
      hasEnded = false;
      const shards = await list();
      for (const { ShardId } of findReady(shards, position)) {
        if (!running.has(ShardId)) running.set(ShardId, start(ShardId));
      }
      if (running.size === 0) await clock.sleep(LIST_PAUSE_MS, signal);
      else if (!hasEnded) await Promise.race(running.values());
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}

/** Returns the unfinished shards whose parent is finished or no longer in the stream. */
function findReady(shards: Shard[], position: (shardId: string) => string): Shard[] {
  const unfinished = shards.filter(({ ShardId }) => position(ShardId) !== SHARD_END);
  const ids = new Set(unfinished.map(({ ShardId }) => ShardId));
  return unfinished.filter(({ ParentShardId }) => !ParentShardId || !ids.has(ParentShardId));
}

/**
 * Reads a shard page by page. A closed shard ends; an open one yields an empty page whenever there
 * are no new records. Recovers from expired iterators, trimmed records and an engine that does not
 * respond.
 *
 * @param position sequence number after which to start, or `TRIM_HORIZON`
 * @throws {Error} `AbortError`
 */
export async function* readShard(
  stream: Stream,
  shardId: string,
  position: string,
  options: ReadOptions,
): AsyncGenerator<StreamRecord[]> {
  let after = position === TRIM_HORIZON ? undefined : position;
  let iterator: string | undefined;
  const readPage = async () => {
    try {
      iterator ??= await shardIterator(stream, shardId, after);
      return await getRecords(stream, iterator);
    } catch (error) {
      iterator = undefined;
      if (isDynamoDbError(error, "TrimmedDataAccessException")) {
        options.log(`Records of ${shardId} were older than a day and are gone`);
        after = undefined;
      }
      throw error;
    }
  };
  do {
    const { records, next } = await retry(readPage, options);
    after = records.at(-1)?.dynamodb.SequenceNumber ?? after;
    iterator = next;
    yield records;
  } while (iterator !== undefined);
}

/**
 * Repeats a call until it succeeds. The first failure is logged, except for an expired iterator.
 *
 * @throws {Error} `AbortError`
 */
export async function retry<T>(
  call: () => Promise<T>,
  { clock, signal, log }: ReadOptions,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (failures === 0 && !isDynamoDbError(error, "ExpiredIteratorException")) {
        log(`DynamoDB Streams: ${(error as Error).message}`);
      }
    }
    await backOff(failures, signal, clock);
  }
}

const isDynamoDbError = (error: unknown, name: string) =>
  error instanceof DynamoDbError && error.name === name;
