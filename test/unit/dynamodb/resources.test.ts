import { describe, expect, it } from "vitest";
import { resourcesOf } from "../../support/resources.ts";
import { sampleGraph } from "../../support/sample-graph.ts";

describe("readTables", () => {
  it("returns a table as input for CreateTable", () => {
    expect(resourcesOf(sampleGraph()).tables).toEqual([
      {
        name: "shop-offline-Items",
        arn: "arn:aws:dynamodb:us-east-1:123456789012:table/shop-offline-Items",
        definition: {
          TableName: "shop-offline-Items",
          AttributeDefinitions: [
            { AttributeName: "pk", AttributeType: "S" },
            { AttributeName: "sk", AttributeType: "S" },
            { AttributeName: "n", AttributeType: "N" },
          ],
          KeySchema: [
            { AttributeName: "pk", KeyType: "HASH" },
            { AttributeName: "sk", KeyType: "RANGE" },
          ],
          BillingMode: "PAY_PER_REQUEST",
          GlobalSecondaryIndexes: [
            {
              IndexName: "byNumber",
              KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
              Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["title"] },
            },
          ],
          LocalSecondaryIndexes: [
            {
              IndexName: "local",
              KeySchema: [
                { AttributeName: "pk", KeyType: "HASH" },
                { AttributeName: "n", KeyType: "RANGE" },
              ],
              Projection: { ProjectionType: "KEYS_ONLY" },
            },
          ],
          StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
        },
        ttlAttribute: "expiresAt",
      },
    ]);
  });
});
