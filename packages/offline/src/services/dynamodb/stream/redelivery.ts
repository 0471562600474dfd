import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke } from "../../../runtime/invocation.ts";
import { compileFilters } from "../../../util/event-pattern.ts";
import { DynamoDbError } from "../call.ts";
import type { Table } from "../resources.ts";
import {
  getRecords,
  isChange,
  latestStream,
  type Stream,
  type StreamRecord,
  shardIterator,
} from "./client.ts";
import { describeFailure, readBatchResult, toEventRecord } from "./event.ts";
import { type BatchInfo, parseFailureMessage } from "./failure.ts";

export interface RedeliveryOptions {
  mapping: EventSourceMapping;
  /** The table of the mapping's stream. */
  table: Table;
  dynamodbEndpoint: string;
  invoke: Invoke;
}

/**
 * Reads the records that an event source mapping of a stream gave up, and invokes the mapping's
 * function with them, in order and with the same event ids.
 *
 * @param message the message that the on-failure destination received
 * @throws {Error} with the reason why the records were not processed
 */
export async function redeliverBatch(
  { mapping, table, dynamodbEndpoint, invoke }: RedeliveryOptions,
  message: string,
): Promise<void> {
  const batch = parseFailureMessage(message);
  const stream = await latestStream(dynamodbEndpoint, table);
  const events = toEvents(await readBatch(stream, batch), mapping, stream, batch);
  if (events.length === 0) return;

  const result = await invoke(mapping.functionArn, JSON.stringify({ Records: events }));
  if (result.kind === "throttled") throw new Error("The function is throttled.");
  const records = events.map(({ dynamodb }) => ({ sequenceNumber: dynamodb.SequenceNumber }));
  const { processed, isReported } = readBatchResult(result, records, mapping.partialResponses);
  if (processed === events.length) return;
  throw new Error(
    isReported
      ? `The function failed from record ${records[processed]?.sequenceNumber} on.`
      : `The function failed: ${describeFailure(result)}.`,
  );
}

/** Converts the records to those of the function's event, without those that the mapping drops. */
function toEvents(
  records: StreamRecord[],
  mapping: EventSourceMapping,
  { arn: streamArn }: Stream,
  { shardId }: BatchInfo,
) {
  const matches = compileFilters(mapping.filters);
  return records
    .filter(isChange)
    .map((record) => toEventRecord(record, mapping.eventSourceArn, { streamArn, shardId }))
    .filter(matches);
}

async function readBatch(stream: Stream, batch: BatchInfo): Promise<StreamRecord[]> {
  const { shardId, startSequenceNumber, endSequenceNumber } = batch;
  const last = BigInt(endSequenceNumber);
  const records: StreamRecord[] = [];
  try {
    let iterator: string | undefined = await shardIterator(
      stream,
      shardId,
      startSequenceNumber,
      "AT_SEQUENCE_NUMBER",
    );
    while (iterator !== undefined) {
      const page: Awaited<ReturnType<typeof getRecords>> = await getRecords(stream, iterator);
      records.push(...page.records);
      if (records[0]?.dynamodb.SequenceNumber !== startSequenceNumber) break;
      const end = records.findIndex((record) => sequenceOf(record) > last);
      if (end >= 0) return records.slice(0, end);
      if (sequenceOf(records.at(-1) as StreamRecord) === last) return records;
      if (page.records.length === 0) break;
      iterator = page.next;
    }
  } catch (error) {
    if (!(error instanceof DynamoDbError)) throw error;
  }
  throw new Error("The records are no longer in the stream, which stores them for 24 hours.");
}

const sequenceOf = ({ dynamodb }: StreamRecord) => BigInt(dynamodb.SequenceNumber);
