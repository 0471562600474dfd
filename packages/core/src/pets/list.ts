import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import * as z from "zod";
import { Problem } from "../problems/problem.ts";
import { client } from "../table/client.ts";
import { merge } from "../table/merge.ts";
import type { Pet } from "./pet.ts";
import { type PetFilter, type PetRecord, partitionsOf, positionOf, toPet } from "./pet-item.ts";

export interface PetPage {
  items: Pet[];
  /** Absent on the last page. */
  nextCursor?: string;
}

/**
 * Returns one page of pets, newest first: a merge of the index partitions that the filter selects.
 * Its cost depends on the page's size alone. Indexes follow writes within moments (eventual
 * consistency).
 *
 * A pet that exists throughout and keeps matching the filter is in exactly one page, whatever else
 * is written. A pet that a write moves into or out of the filter meanwhile may be missing, and is
 * never in two pages.
 *
 * @throws Problem `bad-cursor`
 */
export async function list(
  filter: PetFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<PetPage> {
  const { index, partitions } = partitionsOf(filter);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, filter);
  // What one partition holds of a page if they share it evenly, and some more: a second read is rare.
  const batch = Math.ceil((1.5 * (limit + 1)) / partitions.length);
  const newestFirst = merge(
    partitions.map((partition) => readPartition(index, partition, after, batch)),
    (a, b) => positionOf(a) > positionOf(b),
  );

  const items: Pet[] = [];
  for await (const record of newestFirst) {
    if (items.length === limit) {
      return { items, nextCursor: encodeCursor(positionOf(items.at(-1) as Pet), filter) };
    }
    items.push(toPet(record));
  }
  return { items };
}

async function* readPartition(index: string, partition: string, after = "~", batch: number) {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: Resource.QueryPets.name,
        IndexName: index,
        KeyConditionExpression: "#partition = :partition AND gsisk < :after",
        ExpressionAttributeNames: { "#partition": `${index}pk` },
        ExpressionAttributeValues: { ":partition": partition, ":after": after },
        ScanIndexForward: false,
        Limit: batch,
        ExclusiveStartKey,
      }),
    );
    yield* (page.Items ?? []) as PetRecord[];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** The filter a cursor was made for, and the position of the last pet seen. */
const Cursor = z.tuple([z.string(), z.string().regex(/^\d{4}-[\d-]+T[\d:.]+Z#[\da-f-]{36}$/)]);

const fingerprint = ({ status, species, owner }: PetFilter) =>
  JSON.stringify([status ?? null, species ?? null, owner ?? null]);

/** Opaque to clients: base64url, to be handed back as it is. */
export const encodeCursor = (position: string, filter: PetFilter): string =>
  Buffer.from(JSON.stringify([fingerprint(filter), position])).toString("base64url");

/**
 * @returns the position to go on from
 * @throws Problem `bad-cursor` when it is none of ours, or one of another list
 */
export function decodeCursor(cursor: string, filter: PetFilter): string {
  const decoded = Cursor.safeParse(parse(cursor)).data;
  if (!decoded) throw new Problem("bad-cursor", "Take the cursor from nextCursor as it is.");
  const [madeFor, position] = decoded;
  if (madeFor !== fingerprint(filter)) {
    throw new Problem("bad-cursor", "Keep the filters of the first page on every page.");
  }
  return position;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}
