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
import { describe, expect, it } from "vitest";
import { engines, startBeforeAll } from "./harness.ts";

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

// biome-ignore lint/suspicious/noExplicitAny: the tests assert the content of responses
type Response = any;

describe.each(engines)("%s", { timeout: 30_000 }, (name) => {
  const engine = startBeforeAll(name);

  /** Creates a table with one item. */
  async function createFilled(changes: Changes = {}) {
    const TableName = `pets-${randomUUID()}`;
    const call = (operation: string, input: object): Promise<Response> =>
      callDynamoDb(engine.endpoint, operation, { TableName, ...input });
    const ensure = (changes: Changes) => ensureTables(engine.endpoint, [table(TableName, changes)]);
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
        const response = await call("Query", { IndexName, ...names, ExpressionAttributeValues });
        return response.Count;
      },
    };
  }

  it("creates a table with TTL and stream, and leaves it unchanged the next time", async () => {
    const StreamSpecification: StreamSpecification = {
      StreamEnabled: true,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    };
    const changes: Changes = { ttlAttribute: "expiresAt", StreamSpecification };
    const { ensure, describeTable, ttl, query } = await createFilled(changes);
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

  it("adds a new index, with the existing items", async () => {
    const { ensure, query } = await createFilled();
    await ensure({
      AttributeDefinitions: strings("pk", "sk", "status", "owner"),
      GlobalSecondaryIndexes: [index("byStatus", "status", "sk"), index("byOwner", "owner")],
    });
    expect(await query("byOwner", "owner", "Ada")).toBe(1);
    expect(await query("byStatus", "status", "new")).toBe(1);
  });

  it("replaces a changed index, and removes an obsolete one", async () => {
    const { ensure, describeTable, query } = await createFilled({
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

  it("enables, changes and disables a stream", async () => {
    const { ensure, describeTable } = await createFilled();
    for (const StreamViewType of ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"] as const) {
      await ensure({ StreamSpecification: { StreamEnabled: true, StreamViewType } });
      const { StreamSpecification } = await describeTable();
      expect(StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType });
    }
    await ensure({});
    expect((await describeTable()).StreamSpecification?.StreamEnabled ?? false).toBe(false);
  });

  it("moves the TTL to another attribute, and disables it", async () => {
    const { ensure, ttl } = await createFilled({ ttlAttribute: "one" });
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
  ])("throws a UserError for %s, and preserves the data", async (_, changes) => {
    const { ensure, call } = await createFilled();
    await expect(ensure(changes)).rejects.toThrow(UserError);
    await expect(ensure(changes)).rejects.toThrow(/table pets-.*npm start -- --fresh/);
    expect((await call("Scan", {})).Count).toBe(1);
  });

  it("names a table that DynamoDB refuses", async () => {
    const { ensure } = await createFilled();
    const GlobalSecondaryIndexes = [index("byStatus", "status", "sk"), index("x", "status")];
    await expect(ensure({ GlobalSecondaryIndexes })).rejects.toThrow(/refuses table pets-\S+: /);
  });
});
