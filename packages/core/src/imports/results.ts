import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { client } from "../table/client.ts";
import type { RowError } from "./import.ts";
import { type ChunkResult, chunkKeyOf, errorKeyOf } from "./record.ts";

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
