import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";

const Item = z.record(z.string(), z.unknown());

/** The engines disagree about the case of these names; Lambda's events have small letters. */
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
  /** Of deletes by TTL only. */
  userIdentity: Identity.nullish(),
  dynamodb: z.object({
    /** Seconds. */
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
 * A record as Lambda hands it to a function. Its id is the same whoever reads the record, and no
 * other record has it; the engines' own are unique in a stream at best.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 *
 * @param eventSourceArn the stream's ARN as the app knows it
 * @param shard the shard at the engine, and its stream
 */
export function toEventRecord(
  { eventName, eventVersion, userIdentity, dynamodb }: StreamRecord,
  eventSourceArn: string,
  shard: { streamArn: string; shardId: string },
) {
  const identity = [shard.streamArn, shard.shardId, dynamodb.SequenceNumber].join();
  return {
    eventID: createHash("md5").update(identity).digest("hex"),
    eventName,
    eventVersion,
    eventSource: "aws:dynamodb",
    awsRegion: eventSourceArn.split(":")[3],
    dynamodb,
    ...(userIdentity && { userIdentity }),
    eventSourceARN: eventSourceArn,
  };
}

/**
 * DynamoDB writes no record for a write that leaves its item as it was; dynoxide does.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export function isChange({ eventName, dynamodb: { OldImage, NewImage } }: StreamRecord): boolean {
  return eventName !== "MODIFY" || OldImage === undefined || !isDeepStrictEqual(OldImage, NewImage);
}
