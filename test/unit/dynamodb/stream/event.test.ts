import { isChange, StreamRecord } from "@petstore/offline/services/dynamodb/stream/client";
import { readBatchResult, toEventRecord } from "@petstore/offline/services/dynamodb/stream/event";
import { describe, expect, it } from "vitest";

const arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/pets/stream/2026";
const shard = { streamArn: "engine", shardId: "shard-1" };
const dynamodb = {
  ApproximateCreationDateTime: 1,
  Keys: { id: { S: "rex" } },
  SequenceNumber: "7",
  SizeBytes: 1,
  StreamViewType: "NEW_AND_OLD_IMAGES",
};
const removal = (extra: object = {}) =>
  StreamRecord.parse({ eventName: "REMOVE", eventVersion: "1.1", dynamodb, ...extra });
const modification = (OldImage: object | undefined, NewImage: object) =>
  StreamRecord.parse({
    eventName: "MODIFY",
    eventVersion: "1.1",
    dynamodb: { ...dynamodb, ...(OldImage && { OldImage }), NewImage },
  });

describe("toEventRecord and isChange", () => {
  it.each([
    ["dynoxide", { type: "Service", principalId: "dynamodb.amazonaws.com" }],
    ["DynamoDB", { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" }],
  ])("contains the identity of a delete by TTL, in the format of %s", (_, userIdentity) => {
    expect(toEventRecord(removal({ userIdentity }), arn, shard).userIdentity).toEqual({
      type: "Service",
      principalId: "dynamodb.amazonaws.com",
    });
    expect(toEventRecord(removal(), arn, shard)).not.toHaveProperty("userIdentity");
  });

  it("derives the same id for all readers of a record, and another one for other records", () => {
    const id = toEventRecord(removal(), arn, shard).eventID;
    expect(toEventRecord(removal(), arn, shard).eventID).toBe(id);
    const others = [
      toEventRecord(removal({ dynamodb: { ...dynamodb, SequenceNumber: "8" } }), arn, shard),
      toEventRecord(removal(), arn, { ...shard, shardId: "shard-2" }),
      toEventRecord(removal(), arn, { ...shard, streamArn: "engine, another table" }),
    ];
    expect(others.map(({ eventID }) => eventID)).not.toContain(id);
  });

  it("recognises writes that change nothing", () => {
    const [a, b] = [
      { n: { N: "1" }, s: { S: "x" } },
      { s: { S: "x" }, n: { N: "1" } },
    ];
    expect(isChange(modification(a, b))).toBe(false);
    expect(isChange(modification(a, { n: { N: "1" } }))).toBe(true);
    expect(isChange(modification(undefined, b))).toBe(true);
    expect(isChange(removal())).toBe(true);
  });
});

const records = [..."abc"].map((sequenceNumber) => ({ sequenceNumber }));
const ALL = { processed: 3, isReported: false };
const NONE = { processed: 0, isReported: false };

describe("readBatchResult", () => {
  it.each([
    ["null", ALL],
    ["", ALL],
    ["{}", ALL],
    ['{"batchItemFailures":null}', ALL],
    ['{"batchItemFailures":[]}', ALL],
    ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', { processed: 1, isReported: true }],
    [
      '{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"a"}]}',
      { processed: 0, isReported: true },
    ],
    ['{"batchItemFailures":[{"itemIdentifier":""}]}', NONE],
    ['{"batchItemFailures":[{"itemIdentifier":null}]}', NONE],
    ['{"batchItemFailures":[{"wrong":"a"}]}', NONE],
    ['{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"z"}]}', NONE],
    ['{"batchItemFailures":"b"}', NONE],
    ['"fine"', NONE],
    ["<html>", NONE],
  ])("reads the response %s", (payload, expected) => {
    expect(readBatchResult({ kind: "response", payload }, records, true)).toEqual(expected);
  });
});
