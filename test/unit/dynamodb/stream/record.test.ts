import {
  isChange,
  StreamRecord,
  toEventRecord,
} from "@petstore/offline/services/dynamodb/stream/record";
import { expect, it } from "vitest";

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

it.each([
  ["dynoxide", { type: "Service", principalId: "dynamodb.amazonaws.com" }],
  ["DynamoDB", { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" }],
])("a delete by TTL says so, as %s writes it", (_, userIdentity) => {
  expect(toEventRecord(removal({ userIdentity }), arn, shard).userIdentity).toEqual({
    type: "Service",
    principalId: "dynamodb.amazonaws.com",
  });
  expect(toEventRecord(removal(), arn, shard)).not.toHaveProperty("userIdentity");
});

it("the id is the record's own, whoever reads it", () => {
  const id = toEventRecord(removal(), arn, shard).eventID;
  expect(toEventRecord(removal(), arn, shard).eventID).toBe(id);
  const others = [
    toEventRecord(removal({ dynamodb: { ...dynamodb, SequenceNumber: "8" } }), arn, shard),
    toEventRecord(removal(), arn, { ...shard, shardId: "shard-2" }),
    toEventRecord(removal(), arn, { ...shard, streamArn: "engine, another table" }),
  ];
  expect(others.map(({ eventID }) => eventID)).not.toContain(id);
});

it("a write that changes nothing is no change", () => {
  const [a, b] = [
    { n: { N: "1" }, s: { S: "x" } },
    { s: { S: "x" }, n: { N: "1" } },
  ];
  expect(isChange(modification(a, b))).toBe(false);
  expect(isChange(modification(a, { n: { N: "1" } }))).toBe(true);
  expect(isChange(modification(undefined, b))).toBe(true);
  expect(isChange(removal())).toBe(true);
});
