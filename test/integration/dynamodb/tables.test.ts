import { randomUUID } from "node:crypto";
import type {
  AttributeDefinition,
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  StreamSpecification,
} from "@aws-sdk/client-dynamodb";
import { callDynamoDb } from "@petstore/offline/services/dynamodb/call";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import { UserError } from "@petstore/offline/util/user-error";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines, start } from "./harness.ts";

type Changes = Partial<CreateTableCommandInput> & { ttlAttribute?: string };

const index = (IndexName: string, ...keys: string[]): GlobalSecondaryIndex => ({
  IndexName,
  KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i ? "RANGE" : "HASH" })),
  Projection: { ProjectionType: "ALL" },
});
const strings = (...names: string[]): AttributeDefinition[] =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: "S" }));

function table(TableName: string, { ttlAttribute, ...changes }: Changes) {
  const definition = {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: strings("pk", "sk", "status"),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    GlobalSecondaryIndexes: [index("byStatus", "status", "sk")],
    ...changes,
  } satisfies CreateTableCommandInput;
  const arn = `arn:aws:dynamodb:eu-central-1:123456789012:table/${TableName}`;
  return { name: TableName, arn, definition, ...(ttlAttribute !== undefined && { ttlAttribute }) };
}

// biome-ignore lint/suspicious/noExplicitAny: what DynamoDB answers is what the tests look at
type Answer = any;

describe.each(engines)("%s", { timeout: 30_000 }, (engine) => {
  let endpoint: string;
  beforeAll(async () => {
    ({ endpoint } = await start(engine, undefined, afterAll));
  }, 30_000);

  /** A new table with an item in it. */
  async function filled(changes: Changes = {}) {
    const TableName = `pets-${randomUUID()}`;
    const call = (operation: string, input: object): Promise<Answer> =>
      callDynamoDb(endpoint, operation, { TableName, ...input });
    const ensure = (changes: Changes) => ensureTables(endpoint, [table(TableName, changes)]);
    await ensure(changes);
    const Item = { pk: { S: "1" }, sk: { S: "a" }, status: { S: "new" }, owner: { S: "Ada" } };
    await call("PutItem", { Item });
    return {
      call,
      ensure,
      describeTable: async () => (await call("DescribeTable", {})).Table,
      ttl: async () => (await call("DescribeTimeToLive", {})).TimeToLiveDescription,
      query: async (IndexName: string, key: string, value: string) => {
        const KeyConditionExpression = "#k = :v";
        const ExpressionAttributeNames = { "#k": key };
        const ExpressionAttributeValues = { ":v": { S: value } };
        const names = { KeyConditionExpression, ExpressionAttributeNames };
        const answer = await call("Query", { IndexName, ...names, ExpressionAttributeValues });
        return answer.Count;
      },
    };
  }

  it("a table is created once, with its TTL and stream, and then left alone", async () => {
    const StreamSpecification: StreamSpecification = {
      StreamEnabled: true,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    };
    const changes: Changes = { ttlAttribute: "expiresAt", StreamSpecification };
    const { ensure, describeTable, ttl, query } = await filled(changes);
    const before = await describeTable();
    await ensure(changes);
    expect(await describeTable()).toEqual({
      ...before,
      ItemCount: 1,
      TableSizeBytes: expect.any(Number),
      GlobalSecondaryIndexes: [expect.objectContaining({ IndexName: "byStatus" })],
    });
    expect(before.LatestStreamArn).toBeDefined();
    expect(await ttl()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "expiresAt" });
    expect(await query("byStatus", "status", "new")).toBe(1);
  });

  it("a new index is added, and holds the items that were there before", async () => {
    const { ensure, query } = await filled();
    await ensure({
      AttributeDefinitions: strings("pk", "sk", "status", "owner"),
      GlobalSecondaryIndexes: [index("byStatus", "status", "sk"), index("byOwner", "owner")],
    });
    expect(await query("byOwner", "owner", "Ada")).toBe(1);
    expect(await query("byStatus", "status", "new")).toBe(1);
  });

  it("a changed index is replaced, an obsolete one removed", async () => {
    const { ensure, describeTable, query } = await filled({
      AttributeDefinitions: strings("pk", "sk", "status", "owner"),
      GlobalSecondaryIndexes: [index("byStatus", "status", "sk"), index("byOwner", "owner")],
    });
    await ensure({
      AttributeDefinitions: strings("pk", "sk", "owner"),
      GlobalSecondaryIndexes: [index("byOwner", "owner", "sk")],
    });
    expect((await describeTable()).GlobalSecondaryIndexes).toMatchObject([
      { IndexName: "byOwner", KeySchema: [{ AttributeName: "owner" }, { AttributeName: "sk" }] },
    ]);
    expect(await query("byOwner", "owner", "Ada")).toBe(1);
  });

  it("a stream is switched on, changed and switched off", async () => {
    const { ensure, describeTable } = await filled();
    for (const StreamViewType of ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"] as const) {
      await ensure({ StreamSpecification: { StreamEnabled: true, StreamViewType } });
      const { StreamSpecification } = await describeTable();
      expect(StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType });
    }
    await ensure({});
    expect((await describeTable()).StreamSpecification?.StreamEnabled ?? false).toBe(false);
  });

  it("the TTL moves to another attribute, and goes", async () => {
    const { ensure, ttl } = await filled({ ttlAttribute: "one" });
    await ensure({ ttlAttribute: "two" });
    expect(await ttl()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "two" });
    await ensure({});
    expect(await ttl()).toEqual({ TimeToLiveStatus: "DISABLED" });
  });

  it.each<[string, Changes]>([
    ["other keys", { KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] }],
    [
      "a key of another type",
      {
        AttributeDefinitions: [
          { AttributeName: "sk", AttributeType: "N" },
          ...strings("pk", "status"),
        ],
      },
    ],
    ["a local index", { LocalSecondaryIndexes: [index("local", "pk", "status")] }],
  ])("%s cannot be had with the data", async (_, changes) => {
    const { ensure, call } = await filled();
    await expect(ensure(changes)).rejects.toThrow(UserError);
    await expect(ensure(changes)).rejects.toThrow(/table pets-.*npm start -- --fresh/);
    expect((await call("Scan", {})).Count).toBe(1);
  });

  it("a table that DynamoDB refuses is named", async () => {
    const { ensure } = await filled();
    const GlobalSecondaryIndexes = [index("byStatus", "status", "sk"), index("x", "status")];
    await expect(ensure({ GlobalSecondaryIndexes })).rejects.toThrow(/refuses table pets-\S+: /);
  });
});
