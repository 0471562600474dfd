import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { ItemPage, TableStatus } from "../../console/model.ts";
import type { Table } from "../../graph/app.ts";
import { callDynamoDb } from "./call.ts";

const PAGE = 25;

const Key = z.record(z.string(), z.json());

/** Where a page begins: the last key of the one before, opaque to whoever passes it on. */
export const Cursor = z
  .base64url()
  .transform((text, context) => {
    try {
      return JSON.parse(Buffer.from(text, "base64url").toString());
    } catch {
      context.addIssue("not a cursor");
      return z.NEVER;
    }
  })
  .pipe(Key);

/** What is looked for in a table. */
export interface Search {
  /** Without it, in the table itself. */
  index?: string | undefined;
  /** Of the partition key; without it, everywhere. */
  partition?: string | undefined;
  /** What the sort key begins with; the whole of it where that is no text. */
  sort?: string | undefined;
  cursor?: z.output<typeof Cursor> | undefined;
}

type Attribute = import("@aws-sdk/client-dynamodb").AttributeValue;

const Page = z.object({
  Items: z.array(z.record(z.string(), z.custom<Attribute>())),
  LastEvaluatedKey: Key.optional(),
});

export function statusOf({ name, arn, definition }: Table): TableStatus {
  const { GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = definition;
  return {
    name,
    arn,
    keys: [
      keysOf(definition.KeySchema),
      ...[...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(({ IndexName, KeySchema }) => ({
        index: IndexName as string,
        ...keysOf(KeySchema),
      })),
    ],
  };
}

/** Keys of several attributes are looked through by the first of them. */
function keysOf(schema: Table["definition"]["KeySchema"] = []) {
  const named = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const sort = named("RANGE");
  return { partition: named("HASH") as string, ...(sort && { sort }) };
}

/**
 * Reads a page of a table, or of one of its indexes.
 *
 * @throws {DynamoDbError} Such as for a key that does not have the type it should.
 */
export async function readItems(
  endpoint: string,
  table: Table,
  { index, partition, sort, cursor }: Search,
): Promise<ItemPage> {
  const keys = statusOf(table).keys.find((one) => one.index === index) ?? { partition: "" };
  const input = {
    TableName: table.name,
    Limit: PAGE,
    ...(index && { IndexName: index }),
    ...(cursor && { ExclusiveStartKey: cursor }),
  };
  const answer = partition
    ? await callDynamoDb(endpoint, "Query", {
        ...input,
        ...condition(table, keys, partition, sort),
      })
    : await callDynamoDb(endpoint, "Scan", input);
  const { Items, LastEvaluatedKey } = Page.parse(answer);
  return {
    items: Items.map((item) => plain(unmarshall(item, { wrapNumbers: toNumber }))),
    ...(LastEvaluatedKey && {
      cursor: Buffer.from(JSON.stringify(LastEvaluatedKey)).toString("base64url"),
    }),
  };
}

/** DynamoDB's numbers have up to 38 digits: those that JavaScript cannot hold stay text. */
const toNumber = (text: string) => (String(Number(text)) === text ? Number(text) : text);

/** Sets are shown as lists. */
const plain = (item: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(item, (_, value) => (value instanceof Set ? [...value] : value)));

function condition(
  { definition }: Table,
  keys: { partition: string; sort?: string },
  partition: string,
  sort: string | undefined,
) {
  const typeOf = (name: string) =>
    definition.AttributeDefinitions?.find(({ AttributeName }) => AttributeName === name)
      ?.AttributeType ?? "S";
  const withSort = sort && keys.sort ? keys.sort : undefined;
  const isText = withSort && typeOf(withSort) === "S";
  return {
    KeyConditionExpression: [
      "#partition = :partition",
      ...(withSort ? [isText ? "begins_with(#sort, :sort)" : "#sort = :sort"] : []),
    ].join(" AND "),
    ExpressionAttributeNames: {
      "#partition": keys.partition,
      ...(withSort && { "#sort": withSort }),
    },
    ExpressionAttributeValues: {
      ":partition": { [typeOf(keys.partition)]: partition },
      ...(withSort && { ":sort": { [typeOf(withSort)]: sort } }),
    },
  };
}
