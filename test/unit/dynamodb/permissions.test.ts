import { dynamodbPermissions } from "@petstore/offline/services/dynamodb/permissions";
import { describe, expect, it } from "vitest";
import { resourcesOf } from "../../support/resources.ts";
import { sampleGraph } from "../../support/sample-graph.ts";

const TableName = "shop-offline-Items";
const table = `arn:aws:dynamodb:us-east-1:123456789012:table/${TableName}`;
const stream = `${table}/stream/2026-01-01T00:00:00.000`;
const { tables } = resourcesOf(sampleGraph());
const streaming = tables.map((one) => ({ ...one, streamArn: stream }));

const permissionsOf = (operation: string, input: unknown) =>
  dynamodbPermissions(
    {
      operation,
      body: Buffer.from(typeof input === "string" ? input : JSON.stringify(input)),
      path: "/",
      arn: (resource) => `arn:aws:dynamodb:us-east-1:123456789012:${resource}`,
    },
    streaming,
  );

/** Returns the required permissions without their conditions: `GetItem T`. */
const summaryOf = (operation: string, input: unknown) =>
  permissionsOf(operation, input).map(
    ({ action, resources }) =>
      `${action.replace("dynamodb:", "")} ${resources.join().replaceAll(table, "T")}`,
  );

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: "x" } });

describe("dynamodbPermissions", () => {
  it.each<[string, string, unknown, string[]]>([
    ["an item", "GetItem", { TableName, Key: key("a") }, ["GetItem T"]],
    ["a table by its ARN", "GetItem", { TableName: table, Key: key("a") }, ["GetItem T"]],
    ["an index", "Query", { TableName, IndexName: "byNumber" }, ["Query T/index/byNumber"]],
    ["a scan", "Scan", { TableName }, ["Scan T"]],
    [
      "a batch of several tables",
      "BatchGetItem",
      { RequestItems: { [TableName]: { Keys: [key("a")] }, other: { Keys: [key("a")] } } },
      ["BatchGetItem T", expect.stringMatching(/^BatchGetItem .*:table\/other$/)],
    ],
    [
      "a batch of writes",
      "BatchWriteItem",
      { RequestItems: { [TableName]: [{ PutRequest: { Item: key("a") } }] } },
      ["BatchWriteItem T"],
    ],
    [
      "a transaction of writes, by its parts",
      "TransactWriteItems",
      {
        TransactItems: [
          { Put: { TableName, Item: key("a") } },
          { Put: { TableName, Item: key("b") } },
          { Update: { TableName, Key: key("c") } },
          { Delete: { TableName, Key: key("d") } },
          { ConditionCheck: { TableName, Key: key("e") } },
        ],
      },
      ["PutItem T", "UpdateItem T", "DeleteItem T", "ConditionCheckItem T"],
    ],
    [
      "a transaction of reads",
      "TransactGetItems",
      { TransactItems: [{ Get: { TableName, Key: key("a") } }] },
      ["GetItem T"],
    ],
    [
      "PartiQL",
      "ExecuteStatement",
      { Statement: `SELECT * FROM "${TableName}"."byNumber" WHERE n = 1` },
      ["PartiQLSelect T/index/byNumber"],
    ],
    [
      "PartiQL in a transaction",
      "ExecuteTransaction",
      {
        TransactStatements: [
          { Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'a'}` },
          { Statement: `update ${TableName} SET n = 1 WHERE pk = 'a'` },
          { Statement: `DELETE FROM "${TableName}" WHERE pk = 'a'` },
          { Statement: `EXISTS(SELECT * FROM "${TableName}" WHERE pk = 'a')` },
        ],
      },
      ["PartiQLInsert T", "PartiQLUpdate T", "PartiQLDelete T", "ConditionCheckItem T"],
    ],
    [
      "a stream, by the engine's ARN",
      "DescribeStream",
      { StreamArn: `arn:aws:dynamodb:ddblocal:000000000000:table/${TableName}/stream/now` },
      [`DescribeStream T/stream/2026-01-01T00:00:00.000`],
    ],
    [
      "an iterator",
      "GetRecords",
      { ShardIterator: "x" },
      [`GetRecords ${stream.replace(table, "T")}`],
    ],
    ["an operation without a table", "ListTables", {}, ["ListTables *"]],
  ])("returns the permissions of %s", (_, operation, input, expected) => {
    expect(summaryOf(operation, input)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ["GetItem", "{"],
    ["GetItem", { TableName: 1 }],
    ["GetItem", { TableName, ExpressionAttributeNames: null }],
    ["TransactWriteItems", { TransactItems: [{ Put: { TableName: 1 } }] }],
    ["BatchGetItem", { RequestItems: { [TableName]: { Keys: 1 } } }],
    ["ExecuteStatement", { Statement: "-- ? \nSELECT * FROM secrets" }],
    ["ExecuteStatement", {}],
  ])("requires permission on all resources for an invalid %s: %j", (operation, input) => {
    expect(permissionsOf(operation, input)).toEqual([
      { action: expect.stringMatching(/^dynamodb:/), resources: ["*"] },
    ]);
  });

  const names = { "#pk": "pk" };
  const values = { ":pk": { S: "a" }, ":n": { N: "7" } };
  it.each<[string, string, object, string[] | undefined]>([
    ["a key", "GetItem", { Key: key("a") }, ["a"]],
    ["an item", "PutItem", { Item: key("a") }, ["a"]],
    [
      "a query",
      "Query",
      {
        KeyConditionExpression: "#pk = :pk AND sk > :pk",
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      },
      ["a"],
    ],
    [
      "a query of an index",
      "Query",
      {
        IndexName: "byNumber",
        KeyConditionExpression: "n = :n",
        ExpressionAttributeValues: values,
      },
      ["7"],
    ],
    [
      "an older query",
      "Query",
      { KeyConditions: { pk: { AttributeValueList: [{ S: "a" }] } } },
      ["a"],
    ],
    ["a query that cannot be parsed", "Query", { KeyConditionExpression: "(pk) IN (:pk)" }, [""]],
    ["a scan, which has none", "Scan", {}, undefined],
  ])("returns the leading keys of %s", (_, operation, input, expected) => {
    const [permission] = permissionsOf(operation, { TableName, ...input });
    expect(permission?.context?.["dynamodb:LeadingKeys"]).toEqual(expected);
  });

  it("returns the leading keys of all parts of a transaction", () => {
    const TransactItems = ["a", "b"].map((pk) => ({ Put: { TableName, Item: key(pk) } }));
    const [permission] = permissionsOf("TransactWriteItems", { TransactItems });
    expect(permission?.context?.["dynamodb:LeadingKeys"]).toEqual(["a", "b"]);
  });

  it("returns the attributes of all members of a request", () => {
    const [permission] = permissionsOf("UpdateItem", {
      TableName,
      Key: key("a"),
      UpdateExpression: "SET #t = if_not_exists(price, :p), size.width = :w REMOVE tags[0]",
      ConditionExpression: "attribute_exists(pk) AND version = :v",
      ExpressionAttributeNames: { "#t": "title" },
      ReturnValues: "ALL_NEW",
    });
    expect(permission?.context).toMatchObject({ "dynamodb:ReturnValues": "ALL_NEW" });
    expect(permission?.context?.["dynamodb:Attributes"]).toEqual(
      expect.arrayContaining(["pk", "sk", "title", "price", "tags", "version"]),
    );
    expect(permission?.context?.["dynamodb:Attributes"]).not.toContain("if_not_exists");
  });
});
