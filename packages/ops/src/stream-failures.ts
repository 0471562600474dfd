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
import { toEvent } from "./stream-event.ts";

/**
 * What Lambda sends to the on-failure destination of a stream: where the records are, not what they
 * say. https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
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
type Pointer = z.output<typeof Failure>["DDBStreamBatchInfo"];

/** What a consumer answers. */
const Outcome = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish();

/** A page of an open shard may be empty though there is more; so many mean that there is not. */
const EMPTY_PAGES = 10;
/** Milliseconds. A shard takes five reads a second, its consumers' included. */
const PAUSE = 250;

const streams = new DynamoDBStreamsClient();
const lambda = new LambdaClient();

/** A failure in a line. */
export function summaryOf(body: string): string {
  const failure = parse(body);
  if (!failure) return "no pointer into a stream";
  const { functionArn, condition } = failure.requestContext;
  const { batchSize, approximateArrivalOfFirstRecord } = failure.DDBStreamBatchInfo;
  return `${batchSize} record(s) of ${approximateArrivalOfFirstRecord} for ${nameOf(functionArn)}: ${condition}`;
}

/**
 * Has a consumer do the records again that it failed to do: reads them from the stream, in their
 * order, and invokes it with them. The mapping's filter does not apply, so it may get records besides
 * that it has no use for.
 *
 * @throws Error that says why it is not done: the records have left the stream, or the consumer fails
 */
export async function invokeAgain(body: string): Promise<void> {
  const failure = parse(body);
  if (!failure) throw new Error("It is no pointer into a stream.");
  const { requestContext, DDBStreamBatchInfo: pointer } = failure;
  // A page is at most 1 MiB, so it fits into an invocation.
  for await (const records of recordsOf(pointer)) {
    await invoke(requestContext.functionArn, toEvent(records, pointer.streamArn));
  }
}

function parse(body: string) {
  try {
    return Failure.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

async function* recordsOf(pointer: Pointer): AsyncGenerator<StreamRecord[]> {
  const { startSequenceNumber, endSequenceNumber, approximateArrivalOfFirstRecord } = pointer;
  const [first, last] = [BigInt(startSequenceNumber), BigInt(endSequenceNumber)];
  let begun = false;
  let iterator = await iteratorAt(pointer);
  for (let empty = 0; iterator && empty < EMPTY_PAGES; ) {
    const page: Page = await read(iterator);
    iterator = page.next;
    const [earliest, latest] = [page.records.at(0), page.records.at(-1)].map(sequenceOf);
    if (earliest === undefined || latest === undefined) {
      empty++;
      await sleep(PAUSE);
      continue;
    }
    if (!begun && earliest !== first) break;
    begun = true;
    yield page.records.filter((record) => (sequenceOf(record) as bigint) <= last);
    if (latest >= last) return;
  }
  throw new Error(
    `Its records of ${approximateArrivalOfFirstRecord} have left the stream, which keeps them for 24 hours.`,
  );
}

const sequenceOf = (record: StreamRecord | undefined) =>
  record && BigInt(record.dynamodb?.SequenceNumber as string);

interface Page {
  records: StreamRecord[];
  next: string | undefined;
}

/** Nothing when the stream no longer has the record, or the shard. */
async function iteratorAt(pointer: Pointer): Promise<string | undefined> {
  const { streamArn, shardId, startSequenceNumber } = pointer;
  const command = new GetShardIteratorCommand({
    StreamArn: streamArn,
    ShardId: shardId,
    ShardIteratorType: "AT_SEQUENCE_NUMBER",
    SequenceNumber: startSequenceNumber,
  });
  const answer = await streams.send(command).catch(nothingIfGone);
  return answer?.ShardIterator;
}

async function read(iterator: string): Promise<Page> {
  const command = new GetRecordsCommand({ ShardIterator: iterator });
  const answer = await streams.send(command).catch(nothingIfGone);
  return { records: answer?.Records ?? [], next: answer?.NextShardIterator };
}

function nothingIfGone(error: unknown): undefined {
  if (error instanceof TrimmedDataAccessException) return;
  if (error instanceof ResourceNotFoundException) return;
  throw error;
}

async function invoke(functionArn: string, payload: string): Promise<void> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionArn, Payload: payload }),
  );
  const answer = Payload?.transformToString() || "null";
  if (FunctionError) throw new Error(`${nameOf(functionArn)} failed: ${answer}`);
  const [failed] = Outcome.parse(JSON.parse(answer))?.batchItemFailures ?? [];
  if (failed) {
    throw new Error(`${nameOf(functionArn)} fails from record ${failed.itemIdentifier} on.`);
  }
}

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<version>]` */
const nameOf = (functionArn: string) => functionArn.split(":")[6];
