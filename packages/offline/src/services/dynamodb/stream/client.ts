import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { UserError } from "../../../util/user-error.ts";
import { callDynamoDb, callDynamoDbStreams } from "../call.ts";
import type { Table } from "../resources.ts";

const Item = z.record(z.string(), z.unknown());

/** The engines differ in the case of these names; Lambda's events have lower-case first letters. */
const Identity = z
  .record(z.string(), z.unknown())
  .transform((identity) =>
    Object.fromEntries(
      Object.entries(identity).map(([name, value]) => [
        name.charAt(0).toLowerCase() + name.slice(1),
        value,
      ]),
    ),
  );

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
export const StreamRecord = z.object({
  eventName: z.enum(["INSERT", "MODIFY", "REMOVE"]),
  eventVersion: z.string(),
  /** Only present for deletes by TTL. */
  userIdentity: Identity.nullish(),
  dynamodb: z.object({
    /** Seconds since the epoch. */
    ApproximateCreationDateTime: z.number(),
    Keys: Item,
    NewImage: Item.optional(),
    OldImage: Item.optional(),
    SequenceNumber: z.string(),
    SizeBytes: z.number(),
    StreamViewType: z.string(),
  }),
});
export type StreamRecord = z.infer<typeof StreamRecord>;

/**
 * Returns whether the write of a record changed its item. DynamoDB has no records of other writes;
 * dynoxide has.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export function isChange({ eventName, dynamodb: { OldImage, NewImage } }: StreamRecord): boolean {
  return eventName !== "MODIFY" || OldImage === undefined || !isDeepStrictEqual(OldImage, NewImage);
}

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

/** A table's stream in the engine. */
export interface Stream {
  endpoint: string;
  /** The engine's ARN, which differs from the graph's. */
  arn: string;
}

/**
 * Returns the table's current stream.
 *
 * @throws {UserError} The table has no stream.
 */
export async function latestStream(endpoint: string, table: Table): Promise<Stream> {
  const { TableName } = table.definition;
  const description = await callDynamoDb(endpoint, "DescribeTable", { TableName });
  const arn = Described.parse(description).Table.LatestStreamArn;
  if (arn === undefined) throw new UserError(`Table ${table.name} has no stream: enable it.`);
  return { endpoint, arn };
}

/** Returns all shards that the engine has, open or closed. */
export async function listShards({ endpoint, arn }: Stream): Promise<Shard[]> {
  const shards: Shard[] = [];
  let ExclusiveStartShardId: string | undefined;
  do {
    const input = { StreamArn: arn, ExclusiveStartShardId };
    const output = await callDynamoDbStreams(endpoint, "DescribeStream", input);
    const { Shards: page, LastEvaluatedShardId } = Shards.parse(output).StreamDescription;
    shards.push(...page);
    ExclusiveStartShardId = LastEvaluatedShardId;
  } while (ExclusiveStartShardId !== undefined);
  return shards;
}

/**
 * Returns an iterator of a shard.
 *
 * @param SequenceNumber where it starts; undefined for the oldest record
 * @param ShardIteratorType whether it starts at or after the sequence number
 */
export async function shardIterator(
  { endpoint, arn }: Stream,
  ShardId: string,
  SequenceNumber: string | undefined,
  ShardIteratorType: "AFTER_SEQUENCE_NUMBER" | "AT_SEQUENCE_NUMBER" = "AFTER_SEQUENCE_NUMBER",
): Promise<string> {
  const output = await callDynamoDbStreams(endpoint, "GetShardIterator", {
    StreamArn: arn,
    ShardId,
    ...(SequenceNumber === undefined
      ? { ShardIteratorType: "TRIM_HORIZON" }
      : { ShardIteratorType, SequenceNumber }),
  });
  return Iterator.parse(output).ShardIterator;
}

/** Reads up to 1,000 records. `next` is undefined at the end of a closed shard. */
export async function getRecords(
  { endpoint }: Stream,
  ShardIterator: string,
): Promise<{ records: StreamRecord[]; next: string | undefined }> {
  const output = await callDynamoDbStreams(endpoint, "GetRecords", { ShardIterator });
  const { Records: records, NextShardIterator } = Records.parse(output);
  return { records, next: NextShardIterator ?? undefined };
}
