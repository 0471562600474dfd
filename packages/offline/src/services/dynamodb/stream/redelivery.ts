import * as z from "zod";
import type { App, EventSource } from "../../../graph/app.ts";
import { compileFilters } from "../../lambda/event-sources/event-pattern.ts";
import type { Invoke } from "../../lambda/invoke.ts";
import { DynamoDbError } from "../call.ts";
import { getRecords, latestStream, type Stream, shardIterator } from "./api.ts";
import { isChange, type StreamRecord, toEventRecord } from "./record.ts";
import { doneOf, reasonOf } from "./response.ts";

/** What `failureMessage` writes, as far as it is needed to read the records again. */
const Failure = z.object({
  requestContext: z.object({ functionArn: z.string() }),
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string(),
    startSequenceNumber: z.string().regex(/^\d+$/),
    endSequenceNumber: z.string().regex(/^\d+$/),
  }),
});
type BatchInfo = z.output<typeof Failure>["DDBStreamBatchInfo"];

export interface RedeliveryOptions {
  app: Pick<App, "eventSources" | "tables">;
  dynamodbEndpoint: string;
  invoke: Invoke;
}

/** Delivers the records again that a message of an on-failure destination names. */
export type RedeliverStream = (message: string) => Promise<void>;

/**
 * Reads the records that an event source mapping of a stream has given up, and invokes the mapping's
 * function with them, in their order and with the same event ids as the first time.
 *
 * @returns a function that rejects with the reason why the records were not processed
 */
export const redeliverStream =
  ({ app, dynamodbEndpoint, invoke }: RedeliveryOptions): RedeliverStream =>
  async (message) => {
    const { requestContext, DDBStreamBatchInfo: batch } = parse(message);
    const { functionArn } = requestContext;
    const source = app.eventSources.find(
      (one) => one.functionArn === functionArn && one.eventSourceArn === batch.streamArn,
    );
    const table = app.tables.find(({ arn }) => batch.streamArn.startsWith(`${arn}/stream/`));
    if (!source || !table) {
      throw new Error(`${functionArn} has no event source mapping of ${batch.streamArn}.`);
    }
    const stream = await latestStream(dynamodbEndpoint, table);
    const events = eventsOf(await readBatch(stream, batch), source, stream, batch);
    if (events.length === 0) return;

    const result = await invoke(functionArn, JSON.stringify({ Records: events }));
    if (result.kind === "throttled") throw new Error("The function has no concurrency left.");
    const records = events.map(({ dynamodb }) => ({ sequenceNumber: dynamodb.SequenceNumber }));
    const { count, reported } = doneOf(result, records, source.partialResponses);
    if (count === events.length) return;
    throw new Error(
      reported
        ? `The function fails from record ${records[count]?.sequenceNumber} on.`
        : `The function fails: ${reasonOf(result)}.`,
    );
  };

function parse(message: string) {
  try {
    return Failure.parse(JSON.parse(message));
  } catch {
    throw new Error("The message does not name records of a stream.");
  }
}

/** The records that the mapping delivers, as the function receives them. */
function eventsOf(
  records: StreamRecord[],
  source: EventSource,
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
