import { createDynamoDbApi } from "@petstore/offline/services/dynamodb/api";
import { describe, expect, it } from "vitest";

const service = createDynamoDbApi("http://127.0.0.1:8000", []);

describe("the API of DynamoDB", () => {
  it.each([
    ["DynamoDB_20120810.GetItem", "GetItem"],
    ["DynamoDBStreams_20120810.GetRecords", "GetRecords"],
  ])("reads from the target %s the operation %s", (target, operation) => {
    expect(service.operation({ "x-amz-target": target }, "/", Buffer.of())).toBe(operation);
  });

  it.each([
    ["one item", { TableName: "pets", Key: {} }, "pets"],
    ["a table behind data", { Item: { a: { S: "b" } }, TableName: "pets" }, "pets"],
    ["a batch", { RequestItems: { pets: [] } }, "pets"],
    ["a transaction", { TransactItems: [{ Put: { Item: {}, TableName: "pets" } }] }, "pets"],
    ["no table", { Limit: 1 }, undefined],
    ["an attribute of that name", { Item: { TableName: { S: "x" } }, TableName: "pets" }, "pets"],
    [
      "data that resembles a table name",
      { Item: { a: { S: '"TableName":"x"' } }, TableName: "pets" },
      "pets",
    ],
    [
      "an attribute name that resembles a member",
      { ExpressionAttributeNames: { "#n": "TableName" } },
      undefined,
    ],
  ])("finds the table of %s", (_, body, resource) => {
    expect(service.resource(JSON.stringify(body), "/")).toBe(resource);
    expect(service.resource(JSON.stringify(body, null, 2), "/")).toBe(resource);
  });
});
