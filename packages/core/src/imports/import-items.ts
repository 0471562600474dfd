import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { type Conflict, client, conflictOf } from "../table/client.ts";
import type { Import, RowError } from "./import.ts";

/** An import is known this long after it was accepted; then DynamoDB deletes it (TTL). */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/** An import as it is stored when it is accepted. It never changes, but for `sent`. */
export interface ImportRecord {
  id: string;
  ownerId: string;
  createdAt: string;
  /** Rows in each chunk: a repeat cuts the same chunks, even if by now we would choose others. */
  chunks: number[];
  /** Hash of the rows, to tell a repeat from a key used twice. */
  requestHash: string;
  /** The queue has all of it. Kept only where there is an idempotency key, for repeats. */
  sent?: true;
  /** Seconds since the epoch. */
  expiresAt: number;
}

/** What became of a chunk. That it is there is what makes the chunk done. */
export interface ChunkResult {
  imported: number;
  failed: number;
  completedAt: string;
}

/**
 * All that belongs to an import is in one partition: the import itself, the results of its chunks,
 * and its row errors, in the order of their rows.
 */
const partitionOf = (importId: string) => `import#${importId}`;
const digits = (number: number) => String(number).padStart(7, "0");

export const keyOf = (importId: string) => ({ pk: partitionOf(importId), sk: "import" });
export const chunkKeyOf = (importId: string, chunk: number) => ({
  pk: partitionOf(importId),
  sk: `chunk#${digits(chunk)}`,
});
export const errorKeyOf = (importId: string, row: number) => ({
  pk: partitionOf(importId),
  sk: `error#${digits(row)}`,
});

/** When what is stored now is forgotten: never before the import it belongs to. */
export const expiryFrom = (now: Date): number => Math.ceil(now.getTime() / 1000) + KEPT_SECONDS;

/** The representation of an import, given the results there are. */
export function toImport(record: ImportRecord, results: ChunkResult[]): Import {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const completed = results.length === record.chunks.length;
  const latest = results
    .map(({ completedAt }) => completedAt)
    .sort()
    .at(-1);
  return {
    id: record.id,
    state: completed ? "completed" : "running",
    rows: sum(record.chunks),
    imported: sum(results.map(({ imported }) => imported)),
    failed: sum(results.map(({ failed }) => failed)),
    createdAt: record.createdAt,
    ...(completed && latest && { completedAt: latest }),
  };
}

/** Writes an item of an import, whether it is there or not. */
export const put = (item: object): Promise<unknown> =>
  client.send(new PutCommand({ TableName: Resource.WriteImports.name, Item: item }));

/** Writes an item of an import, unless it is there: then it is left as it is, and returned. */
export const putNew = <T>(item: object): Promise<Conflict<T> | undefined> =>
  conflictOf<T>(
    client.send(
      new PutCommand({
        TableName: Resource.WriteImports.name,
        Item: item,
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    ),
  );

/** The results of the chunks that are done. */
export function chunkResults(importId: string): Promise<ChunkResult[]> {
  const { pk, sk } = chunkKeyOf(importId, 0);
  return Array.fromAsync(range<ChunkResult>(pk, sk, "chunk#~"));
}

/**
 * Row errors after a row, in the order of the rows.
 *
 * @returns at most `limit` of them, and whether there are more
 */
export async function rowErrors(
  importId: string,
  { after, limit }: { after: number; limit: number },
): Promise<{ errors: RowError[]; more: boolean }> {
  const { pk, sk } = errorKeyOf(importId, after + 1);
  const found: RowError[] = [];
  for await (const { row, errors } of range<RowError>(pk, sk, "error#~", limit + 1)) {
    if (found.length === limit) return { errors: found, more: true };
    found.push({ row, errors });
  }
  return { errors: found, more: false };
}

/** Items of a partition in the order of their sort keys, as of the last write. */
async function* range<T>(pk: string, first: string, last: string, batch?: number) {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: Resource.QueryImports.name,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues: { ":pk": pk, ":first": first, ":last": last },
        ConsistentRead: true,
        Limit: batch,
        ExclusiveStartKey,
      }),
    );
    yield* (page.Items ?? []) as T[];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
