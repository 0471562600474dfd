import * as z from "zod";
import { UserError } from "../../../util/user-error.ts";
import { callDynamoDb, callDynamoDbStreams } from "../call.ts";
import type { Table } from "../resources.ts";
import { StreamRecord } from "./record.ts";

const Described = z.object({ Table: z.object({ LatestStreamArn: z.string().optional() }) });
const Shard = z.object({ ShardId: z.string(), ParentShardId: z.string().optional() });
export type Shard = z.infer<typeof Shard>;
const Shards = z.object({
  StreamDescription: z.object({
    Shards: z.array(Shard),
    LastEvaluatedShardId: z.string().optional(),
  }),
});
const Iterator = z.object({ ShardIterator: z.string() });
const Records = z.object({
  Records: z.array(StreamRecord),
  NextShardIterator: z.string().nullish(),
});

/** A table's stream at the engine. */
export interface Stream {
  endpoint: string;
  /** As the engine has it; the graph has another. */
  arn: string;
}

/**
 * The table's current stream.
 *
 * @throws {UserError} The table has none.
 */
export async function latestStream(endpoint: string, table: Table): Promise<Stream> {
  const { TableName } = table.definition;
  const description = await callDynamoDb(endpoint, "DescribeTable", { TableName });
  const arn = Described.parse(description).Table.LatestStreamArn;
  if (arn === undefined) throw new UserError(`Table ${table.name} has no stream: enable it.`);
  return { endpoint, arn };
}

/** Every shard whose records are kept, open or closed. */
export async function listShards({ endpoint, arn }: Stream): Promise<Shard[]> {
  const shards: Shard[] = [];
  let ExclusiveStartShardId: string | undefined;
  do {
    const input = { StreamArn: arn, ExclusiveStartShardId };
    const answer = await callDynamoDbStreams(endpoint, "DescribeStream", input);
    const { Shards: page, LastEvaluatedShardId } = Shards.parse(answer).StreamDescription;
    shards.push(...page);
    ExclusiveStartShardId = LastEvaluatedShardId;
  } while (ExclusiveStartShardId !== undefined);
  return shards;
}

/** An iterator just after a sequence number, or at it, or without one at the oldest record. */
export async function shardIterator(
  { endpoint, arn }: Stream,
  ShardId: string,
  SequenceNumber: string | undefined,
  ShardIteratorType = "AFTER_SEQUENCE_NUMBER",
): Promise<string> {
  const answer = await callDynamoDbStreams(endpoint, "GetShardIterator", {
    StreamArn: arn,
    ShardId,
    ...(SequenceNumber === undefined
      ? { ShardIteratorType: "TRIM_HORIZON" }
      : { ShardIteratorType, SequenceNumber }),
  });
  return Iterator.parse(answer).ShardIterator;
}

/** Up to 1,000 records. `next` is missing when the shard is closed and all of it was read. */
export async function getRecords(
  { endpoint }: Stream,
  ShardIterator: string,
): Promise<{ records: StreamRecord[]; next: string | undefined }> {
  const answer = await callDynamoDbStreams(endpoint, "GetRecords", { ShardIterator });
  const { Records: records, NextShardIterator } = Records.parse(answer);
  return { records, next: NextShardIterator ?? undefined };
}
