import type { EventEmitter } from "node:events";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { RuntimeEvents } from "../../runtime/events.ts";
import type { Architecture, Panel } from "../../runtime/panel.ts";
import { HttpError } from "../../util/http-error.ts";
import { plural } from "../../util/plural.ts";
import { callDynamoDb, DynamoDbError } from "./call.ts";
import type { ItemPage, TableStatus } from "./panel-data.ts";
import type { Table } from "./resources.ts";

const PAGE_SIZE = 25;

const Key = z.record(z.string(), z.json());

/** An opaque cursor: the last key of the previous page, base64url-encoded JSON. */
const Cursor = z
  .base64url()
  .transform((text, context) => {
    try {
      return JSON.parse(Buffer.from(text, "base64url").toString());
    } catch {
      context.addIssue("is not a cursor");
      return z.NEVER;
    }
  })
  .pipe(Key);

/** A search for items by index, partition key and prefix of the sort key. */
const Search = z.strictObject({
  /** Absent: the table itself. */
  index: z.string().optional(),
  /** Partition key. Absent: all items. */
  partition: z.string().max(2048).optional(),
  /** Prefix of the sort key; the complete value if the key is not a string. */
  sort: z.string().max(1024).optional(),
  cursor: Cursor.optional(),
});
type Search = z.output<typeof Search>;

type Attribute = import("@aws-sdk/client-dynamodb").AttributeValue;

const Page = z.object({
  Items: z.array(z.record(z.string(), z.custom<Attribute>())),
  LastEvaluatedKey: Key.optional(),
});

export interface TablesOptions {
  tables: Table[];
  /** Base URL of the engine. */
  endpoint: string;
  events: EventEmitter<RuntimeEvents>;
}

/** Creates the console's panel of tables, and their nodes in the architecture. */
export function createConsoleView({ tables, endpoint, events }: TablesOptions): {
  panel: Panel;
  architecture: () => Architecture;
} {
  const calls = new Map(tables.map(({ name }) => [name, 0]));
  events.on("called", ({ service, resource = "" }) => {
    const count = calls.get(resource);
    if (service === "dynamodb" && count !== undefined) calls.set(resource, count + 1);
  });

  async function readPage(name: string | undefined, query: unknown): Promise<ItemPage> {
    const table = tables.find((one) => one.name === name);
    if (!table) throw new HttpError(404, `The table ${name} does not exist.`);
    const search = Search.parse(query);
    if (!toTableStatus(table).keys.some(({ index }) => index === search.index)) {
      throw new HttpError(400, `${table.name} has no index ${search.index}.`);
    }
    try {
      return await readItems(endpoint, table, search);
    } catch (error) {
      // For example because a key has the wrong type.
      throw error instanceof DynamoDbError ? new HttpError(400, error.message) : error;
    }
  }

  return {
    panel: {
      id: "tables",
      title: "Tables",
      view: new URL("panel.tsx", import.meta.url),
      routes: {
        "GET /api/tables": () => tables.map(toTableStatus),
        "GET /api/tables/:name/items": ({ name }, query) => readPage(name, query),
      },
    },
    architecture: () => ({
      nodes: tables.map(({ arn, name }) => ({
        ...{ id: arn, kind: "table", name, link: "tables", references: [name] },
        note: plural(calls.get(name) ?? 0, "call"),
      })),
      edges: [],
    }),
  };
}

function toTableStatus({ name, arn, definition }: Table): TableStatus {
  const { GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = definition;
  return {
    name,
    arn,
    keys: [
      toKeys(definition.KeySchema),
      ...[...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(({ IndexName, KeySchema }) => ({
        index: IndexName as string,
        ...toKeys(KeySchema),
      })),
    ],
  };
}

/** Returns the names of the key attributes; only the first, if a key has several. */
function toKeys(schema: Table["definition"]["KeySchema"] = []) {
  const named = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const sort = named("RANGE");
  return { partition: named("HASH") as string, ...(sort && { sort }) };
}

/**
 * Reads a page of a table, or of one of its indexes.
 *
 * @throws {DynamoDbError} The engine rejects the request, for example because a key has the wrong type.
 */
async function readItems(
  endpoint: string,
  table: Table,
  { index, partition, sort, cursor }: Search,
): Promise<ItemPage> {
  const keys = toTableStatus(table).keys.find((one) => one.index === index) ?? { partition: "" };
  const input = {
    TableName: table.name,
    Limit: PAGE_SIZE,
    ...(index && { IndexName: index }),
    ...(cursor && { ExclusiveStartKey: cursor }),
  };
  const response = partition
    ? await callDynamoDb(endpoint, "Query", {
        ...input,
        ...buildKeyCondition(table, keys, partition, sort),
      })
    : await callDynamoDb(endpoint, "Scan", input);
  const { Items, LastEvaluatedKey } = Page.parse(response);
  return {
    items: Items.map((item) => convertSets(unmarshall(item, { wrapNumbers: toNumber }))),
    ...(LastEvaluatedKey && {
      cursor: Buffer.from(JSON.stringify(LastEvaluatedKey)).toString("base64url"),
    }),
  };
}

/** Converts a number of DynamoDB, which has up to 38 digits. Those that JavaScript cannot represent stay strings. */
const toNumber = (text: string) => (String(Number(text)) === text ? Number(text) : text);

/** Replaces sets by arrays, which JSON can represent. */
const convertSets = (item: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(item, (_, value) => (value instanceof Set ? [...value] : value)));

function buildKeyCondition(
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
