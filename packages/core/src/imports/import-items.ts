import { GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import * as z from "zod";
import { type Conflict, client, type RawItem, writeConditionally } from "../table/client.ts";
import { type Import, RowError } from "./import.ts";

/** Seconds until DynamoDB deletes an import, from when it was accepted (TTL). */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

// `@__PURE__` lets bundles omit the schemas that they do not use.

/** An accepted import. Only `sent` is added later. */
export const ImportItem = /* @__PURE__ */ (() =>
  z.object({
    id: z.string(),
    ownerId: z.string(),
    createdAt: z.string(),
    /** Rows in each chunk: a repeat creates the same chunks, also if the limits have changed since. */
    chunks: z.array(z.number()),
    /** Hash of the rows, to distinguish a repeat from a key that is used twice. */
    requestHash: z.string(),
    /** The queue has all chunks. Stored only with an idempotency key, for repeats. */
    sent: z.literal(true).optional(),
    /** Seconds since the epoch. */
    expiresAt: z.number(),
  }))();
export type ImportItem = z.output<typeof ImportItem>;

/** The result of a chunk. A chunk is done when its result exists. */
export const ChunkResult = /* @__PURE__ */ (() =>
  z.object({
    imported: z.number(),
    failed: z.number(),
    completedAt: z.string(),
  }))();
export type ChunkResult = z.output<typeof ChunkResult>;

/**
 * All items of an import are in one partition: the import, the results of its chunks, and its row
 * errors in the order of their rows.
 */
const partitionOf = (importId: string) => `import#${importId}`;
const toDigits = (number: number) => String(number).padStart(7, "0");

export const importKey = (importId: string) => ({ pk: partitionOf(importId), sk: "import" });
export const chunkKey = (importId: string, chunk: number) => ({
  pk: partitionOf(importId),
  sk: `chunk#${toDigits(chunk)}`,
});
export const errorKey = (importId: string, row: number) => ({
  pk: partitionOf(importId),
  sk: `error#${toDigits(row)}`,
});

/** Returns when an item that is written now expires: never before the import that it belongs to. */
export const expiryFrom = (now: Date): number => Math.ceil(now.getTime() / 1000) + LIFETIME_SECONDS;

/** Returns the representation of an import, with the results that exist. */
export function toImport(item: ImportItem, results: ChunkResult[]): Import {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const isCompleted = results.length === item.chunks.length;
  const latest = results
    .map(({ completedAt }) => completedAt)
    .sort()
    .at(-1);
  return {
    id: item.id,
    state: isCompleted ? "completed" : "running",
    rows: sum(item.chunks),
    imported: sum(results.map(({ imported }) => imported)),
    failed: sum(results.map(({ failed }) => failed)),
    createdAt: item.createdAt,
    ...(isCompleted && latest && { completedAt: latest }),
  };
}

/** Writes an item of an import, and replaces an existing one. */
export const putImportItem = (item: object): Promise<unknown> =>
  client.send(new PutCommand({ TableName: Resource.WriteImports.name, Item: item }));

/** Writes an item of an import unless it exists: then it returns the conflict. */
export const insertImportItem = (item: object): Promise<Conflict | undefined> =>
  writeConditionally(
    new PutCommand({
      TableName: Resource.WriteImports.name,
      Item: item,
      ConditionExpression: "attribute_not_exists(pk)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );

/** Reads an item of an import as of its last write. */
export async function readImportItem(Key: { pk: string; sk: string }) {
  const { Item } = await client.send(
    new GetCommand({ TableName: Resource.ReadImports.name, Key, ConsistentRead: true }),
  );
  return Item;
}

/** Reads the results of the chunks that are done. */
export async function readChunkResults(importId: string): Promise<ChunkResult[]> {
  const { pk, sk } = chunkKey(importId, 0);
  const items = await Array.fromAsync(readRange(pk, sk, "chunk#~"));
  return items.map((item) => ChunkResult.parse(item));
}

/**
 * Reads the row errors after a row, in the order of the rows.
 *
 * @returns at most `limit` of them, and whether there are more
 */
export async function readRowErrors(
  importId: string,
  { after, limit }: { after: number; limit: number },
): Promise<{ errors: RowError[]; hasMore: boolean }> {
  const { pk, sk } = errorKey(importId, after + 1);
  const errors: RowError[] = [];
  for await (const item of readRange(pk, sk, "error#~", limit + 1)) {
    if (errors.length === limit) return { errors, hasMore: true };
    errors.push(RowError.parse(item));
  }
  return { errors, hasMore: false };
}

/** Reads items of a partition in the order of their sort keys, as of their last write. */
async function* readRange(pk: string, first: string, last: string, limit?: number) {
  let ExclusiveStartKey: RawItem | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: Resource.QueryImports.name,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues: { ":pk": pk, ":first": first, ":last": last },
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey,
      }),
    );
    yield* page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
