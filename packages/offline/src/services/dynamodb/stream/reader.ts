import { backoff } from "../../../util/backoff.ts";
import { DynamoDbError } from "../call.ts";
import { getRecords, type Stream, shardIterator } from "./api.ts";
import { TRIM_HORIZON } from "./checkpoints.ts";
import type { StreamRecord } from "./record.ts";

export interface Reading {
  signal: AbortSignal;
  log: (line: string) => void;
}

/**
 * Reads a shard from a position on, page by page, to its end; of an open shard that means for ever,
 * with an empty page whenever there is nothing new. Survives expired iterators, trimmed records and
 * an engine that does not answer.
 *
 * @throws {Error} `AbortError`
 */
export async function* readShard(
  stream: Stream,
  shardId: string,
  position: string,
  reading: Reading,
): AsyncGenerator<StreamRecord[]> {
  let after = position === TRIM_HORIZON ? undefined : position;
  let iterator: string | undefined;
  const read = async () => {
    try {
      iterator ??= await shardIterator(stream, shardId, after);
      return await getRecords(stream, iterator);
    } catch (error) {
      iterator = undefined;
      if (isNamed(error, "TrimmedDataAccessException")) {
        reading.log(`Records of ${shardId} were older than a day and are gone`);
        after = undefined;
      }
      throw error;
    }
  };
  do {
    const { records, next } = await untilAnswered(read, reading);
    after = records.at(-1)?.dynamodb.SequenceNumber ?? after;
    iterator = next;
    yield records;
  } while (iterator !== undefined);
}

/**
 * Repeats a call until it succeeds. An expired iterator is no news.
 *
 * @throws {Error} `AbortError`
 */
export async function untilAnswered<T>(
  call: () => Promise<T>,
  { signal, log }: Reading,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (failures === 0 && !isNamed(error, "ExpiredIteratorException")) {
        log(`DynamoDB Streams: ${(error as Error).message}`);
      }
    }
    await backoff(failures, signal);
  }
}

const isNamed = (error: unknown, name: string) =>
  error instanceof DynamoDbError && error.name === name;
