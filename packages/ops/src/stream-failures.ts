import { setTimeout as sleep } from "node:timers/promises";
import {
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from "@aws-sdk/client-dynamodb-streams";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";

/**
 * A message that Lambda sends to a stream's on-failure destination. It has the position of the records
 * in the stream, not the records.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
const Failure = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string() }),
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string(),
    startSequenceNumber: z.string().regex(/^\d+$/),
    endSequenceNumber: z.string().regex(/^\d+$/),
    approximateArrivalOfFirstRecord: z.string(),
    batchSize: z.int(),
  }),
});
type BatchInfo = z.output<typeof Failure>["DDBStreamBatchInfo"];

/** The response of a consumer. */
const BatchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish();

/** An open shard can return empty pages before further records. After this many there are none. */
const MAX_EMPTY_PAGES = 10;
/** A shard allows five reads a second, including those of its consumers. */
const PAUSE_MS = 250;

const streams = new DynamoDBStreamsClient();
const lambda = new LambdaClient();

/** Returns one line about a failure. */
export function describeFailure(body: string): string {
  const failure = parse(body);
  if (!failure) return "not a failure of a stream consumer";
  const { functionArn, condition } = failure.requestContext;
  const { batchSize, approximateArrivalOfFirstRecord } = failure.DDBStreamBatchInfo;
  return `${batchSize} record(s) of ${approximateArrivalOfFirstRecord} for ${functionNameOf(functionArn)}: ${condition}`;
}

/**
 * Reads the records of a failure from the stream and invokes the consumer with them. It does not apply
 * the filter of the event source mapping, so the consumer can also receive records that it ignores.
 *
 * @throws {Error} The stream no longer has the records, or the consumer fails.
 */
export async function replayFailure(body: string): Promise<void> {
  const failure = parse(body);
  if (!failure) throw new Error("The message is not a failure of a stream consumer.");
  const { requestContext, DDBStreamBatchInfo: batch } = failure;
  // A page has at most 1 MiB, so it fits into an invocation.
  for await (const records of readRecords(batch)) {
    await invokeConsumer(requestContext.functionArn, toEvent(records, batch.streamArn));
  }
}

function parse(body: string) {
  try {
    return Failure.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

async function* readRecords(batch: BatchInfo): AsyncGenerator<StreamRecord[]> {
  const { startSequenceNumber, endSequenceNumber, approximateArrivalOfFirstRecord } = batch;
  const [first, last] = [BigInt(startSequenceNumber), BigInt(endSequenceNumber)];
  let isFirstPage = true;
  let iterator = await getIterator(batch);
  for (let empty = 0; iterator && empty < MAX_EMPTY_PAGES; ) {
    const page: Page = await getPage(iterator);
    iterator = page.next;
    const [earliest, latest] = [page.records.at(0), page.records.at(-1)].map(sequenceOf);
    if (earliest === undefined || latest === undefined) {
      empty++;
      await sleep(PAUSE_MS);
      continue;
    }
    if (isFirstPage && earliest !== first) break;
    isFirstPage = false;
    yield page.records.filter((record) => (sequenceOf(record) as bigint) <= last);
    if (latest >= last) return;
  }
  throw new Error(
    `The stream no longer has the records of ${approximateArrivalOfFirstRecord}, because it stores them for 24 hours.`,
  );
}

const sequenceOf = (record: StreamRecord | undefined) =>
  record && BigInt(record.dynamodb?.SequenceNumber as string);

interface Page {
  records: StreamRecord[];
  next: string | undefined;
}

/** Returns undefined if the stream no longer has the record or the shard. */
async function getIterator(batch: BatchInfo): Promise<string | undefined> {
  const { streamArn, shardId, startSequenceNumber } = batch;
  const command = new GetShardIteratorCommand({
    StreamArn: streamArn,
    ShardId: shardId,
    ShardIteratorType: "AT_SEQUENCE_NUMBER",
    SequenceNumber: startSequenceNumber,
  });
  const response = await streams.send(command).catch(ignoreIfTrimmed);
  return response?.ShardIterator;
}

async function getPage(iterator: string): Promise<Page> {
  const command = new GetRecordsCommand({ ShardIterator: iterator });
  const response = await streams.send(command).catch(ignoreIfTrimmed);
  return { records: response?.Records ?? [], next: response?.NextShardIterator };
}

function ignoreIfTrimmed(error: unknown): undefined {
  if (error instanceof TrimmedDataAccessException) return;
  if (error instanceof ResourceNotFoundException) return;
  throw error;
}

async function invokeConsumer(functionArn: string, payload: string): Promise<void> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionArn, Payload: payload }),
  );
  const response = Payload?.transformToString() || "null";
  if (FunctionError) throw new Error(`${functionNameOf(functionArn)} failed: ${response}`);
  const [failed] = BatchResponse.parse(JSON.parse(response))?.batchItemFailures ?? [];
  if (failed) {
    throw new Error(
      `${functionNameOf(functionArn)} fails from record ${failed.itemIdentifier} on.`,
    );
  }
}

/** ARNs have the format `arn:aws:lambda:<region>:<account>:function:<name>[:<version>]`. */
const functionNameOf = (functionArn: string) => functionArn.split(":")[6];

/**
 * Returns the event, as JSON, that Lambda sends to a stream consumer. Records of the SDK differ in the
 * stream's ARN, in times (here seconds), in bytes (here base64), and in the identity that deleted an
 * expired item. https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function toEvent(records: StreamRecord[], streamArn: string): string {
  const Records = records.map(({ dynamodb, userIdentity, ...record }) => ({
    ...record,
    eventSourceARN: streamArn,
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: Number(dynamodb?.ApproximateCreationDateTime) / 1000,
    },
    ...(userIdentity && {
      userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type },
    }),
  }));
  return JSON.stringify({ Records }, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  );
}
