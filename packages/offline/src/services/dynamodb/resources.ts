import type {
  AttributeDefinition,
  CreateTableCommandInput,
  KeySchemaElement,
  Projection,
  StreamViewType,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { type Graph, readStates } from "../../graph/graph.ts";

/** A DynamoDB table. */
export interface Table {
  name: string;
  arn: string;
  /** ARN of the stream in the graph. Absent if the table has none. */
  streamArn?: string;
  /** Input for `CreateTable`. */
  definition: CreateTableCommandInput;
  ttlAttribute?: string;
}

const Keys = z.object({
  hashKey: z.string().optional(),
  rangeKey: z.string().optional(),
  /** Replaces `hashKey` and `rangeKey` for keys of several attributes. */
  keySchemas: z.array(z.object({ attributeName: z.string(), keyType: z.enum(["HASH", "RANGE"]) })),
});

const Index = Keys.partial({ keySchemas: true }).extend({
  name: z.string(),
  projectionType: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]),
  nonKeyAttributes: z.array(z.string()).optional(),
});

const State = z.object({
  name: z.string(),
  arn: z.string(),
  streamArn: z.string().optional(),
  attributes: z.array(z.object({ name: z.string(), type: z.enum(["S", "N", "B"]) })),
  hashKey: z.string(),
  rangeKey: z.string().optional(),
  globalSecondaryIndexes: z.array(Index).default([]),
  localSecondaryIndexes: z.array(Index).default([]),
  streamEnabled: z.boolean().default(false),
  streamViewType: z.string().optional(),
  ttl: z.object({ attributeName: z.string(), enabled: z.boolean().optional() }).optional(),
  deletionProtectionEnabled: z.boolean().optional(),
});

/**
 * Returns the DynamoDB tables, as input for `CreateTable`. All are on demand, because capacity has no
 * meaning offline.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 */
export function readTables(graph: Graph): Table[] {
  return readStates(graph, "aws:dynamodb/table:Table", State).map(({ state }) => ({
    name: state.name,
    arn: state.arn,
    ...(state.streamArn !== undefined && { streamArn: state.streamArn }),
    definition: {
      TableName: state.name,
      AttributeDefinitions: state.attributes.map(
        ({ name, type }): AttributeDefinition => ({ AttributeName: name, AttributeType: type }),
      ),
      KeySchema: toKeySchema(state.hashKey, state.rangeKey),
      BillingMode: "PAY_PER_REQUEST",
      ...(state.globalSecondaryIndexes.length > 0 && {
        GlobalSecondaryIndexes: state.globalSecondaryIndexes.map((index) => ({
          IndexName: index.name,
          KeySchema:
            index.keySchemas?.map(
              ({ attributeName, keyType }): KeySchemaElement => ({
                AttributeName: attributeName,
                KeyType: keyType,
              }),
            ) ?? toKeySchema(index.hashKey, index.rangeKey),
          Projection: toProjection(index),
        })),
      }),
      ...(state.localSecondaryIndexes.length > 0 && {
        LocalSecondaryIndexes: state.localSecondaryIndexes.map((index) => ({
          IndexName: index.name,
          KeySchema: toKeySchema(state.hashKey, index.rangeKey),
          Projection: toProjection(index),
        })),
      }),
      ...(state.streamEnabled && {
        StreamSpecification: {
          StreamEnabled: true,
          StreamViewType: state.streamViewType as StreamViewType,
        },
      }),
      ...(state.deletionProtectionEnabled && { DeletionProtectionEnabled: true }),
    },
    ...(state.ttl?.enabled && { ttlAttribute: state.ttl.attributeName }),
  }));
}

function toKeySchema(
  hashKey: string | undefined,
  rangeKey: string | undefined,
): KeySchemaElement[] {
  return [
    { AttributeName: hashKey, KeyType: "HASH" },
    ...(rangeKey ? [{ AttributeName: rangeKey, KeyType: "RANGE" as const }] : []),
  ];
}

function toProjection({ projectionType, nonKeyAttributes }: z.infer<typeof Index>): Projection {
  return {
    ProjectionType: projectionType,
    ...(nonKeyAttributes && { NonKeyAttributes: nonKeyAttributes }),
  };
}
