import * as z from "zod";
import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Invoke } from "../../../runtime/invocation.ts";
import { compileFilters } from "../../../util/event-pattern.ts";
import { DynamoDbError } from "../call.ts";
import type { Table } from "../resources.ts";
import { getRecords, latestStream, type Stream, shardIterator } from "./api.ts";
import { isChange, type StreamRecord, toEventRecord } from "./record.ts";
import { doneOf, reasonOf } from "./response.ts";

/** The part of a failure message that names its records. */
const Failure = z.object({
  DDBStreamBatchInfo: z.object({
    shardId: z.string(),
    startSequenceNumber: z.string().regex(/^\d+$/),
    endSequenceNumber: z.string().regex(/^\d+$/),
  }),
});
type BatchInfo = z.output<typeof Failure>["DDBStreamBatchInfo"];

export interface RedeliveryOptions {
  source: EventSourceMapping;
  /** The table of the mapping's stream. */
  table: Table;
  dynamodbEndpoint: string;
  invoke: Invoke;
}

/**
 * Reads the records that an event source mapping of a stream gave up, and invokes the mapping's
 * function with them, in their order and with the same event ids as before.
 *
 * @param message what the on-failure destination received
 * @throws {Error} the records were not processed, and why
 */
export async function redeliverBatch(
  { source, table, dynamodbEndpoint, invoke }: RedeliveryOptions,
  message: string,
): Promise<void> {
  const batch = parse(message);
  const stream = await latestStream(dynamodbEndpoint, table);
  const events = eventsOf(await readBatch(stream, batch), source, stream, batch);
  if (events.length === 0) return;

  const result = await invoke(source.functionArn, JSON.stringify({ Records: events }));
  if (result.kind === "throttled") throw new Error("The function has no concurrency left.");
  const records = events.map(({ dynamodb }) => ({ sequenceNumber: dynamodb.SequenceNumber }));
  const { count, reported } = doneOf(result, records, source.partialResponses);
  if (count === events.length) return;
  throw new Error(
    reported
      ? `The function fails from record ${records[count]?.sequenceNumber} on.`
      : `The function fails: ${reasonOf(result)}.`,
  );
}

function parse(message: string) {
  try {
    return Failure.parse(JSON.parse(message)).DDBStreamBatchInfo;
  } catch {
    throw new Error("The message does not name records of a stream.");
  }
}

/** The records that the mapping delivers, as the function receives them. */
function eventsOf(
  records: StreamRecord[],
  source: EventSourceMapping,
  { arn: streamArn }: Stream,
  { shardId }: BatchInfo,
) {
  const matches = compileFilters(source.filters);
  return records
    .filter(isChange)
    .map((record) => toEventRecord(record, source.eventSourceArn, { streamArn, shardId }))
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
  throw new Error("Its records have left the stream, which keeps them for 24 hours.");
}

const sequenceOf = ({ dynamodb }: StreamRecord) => BigInt(dynamodb.SequenceNumber);
