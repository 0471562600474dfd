import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import * as z from "zod";
import { Problem } from "../problems/problem.ts";
import { client, type RawItem } from "../table/client.ts";
import { mergeSorted } from "../table/merge.ts";
import type { Pet } from "./pet.ts";
import {
  isTombstone,
  type PetFilter,
  parsePetItem,
  partitionsOf,
  positionOf,
  type StoredPet,
  toPet,
} from "./pet-item.ts";

export interface PetPage {
  items: Pet[];
  /** Absent on the last page. */
  nextCursor?: string;
}

/**
 * Reads one page of pets, newest first: a merge of the index partitions that the filter selects. Its
 * cost depends only on the page's size. Indexes follow writes within moments (eventual consistency).
 *
 * A pet that exists throughout and keeps matching the filter is in exactly one page, whatever else
 * is written. A pet that a write moves into or out of the filter meanwhile may be missing, and is
 * never in two pages.
 *
 * @throws Problem `bad-cursor`
 */
export async function readPetPage(
  filter: PetFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<PetPage> {
  const { index, partitions } = partitionsOf(filter);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, filter);
  // 1.5 times the even share of a partition, so that a second read of it is rare.
  const batch = Math.ceil((1.5 * (limit + 1)) / partitions.length);
  const newestFirst = mergeSorted(
    partitions.map((partition) => readPartition(index, partition, after, batch)),
    (a, b) => positionOf(a) > positionOf(b),
  );

  const items: Pet[] = [];
  for await (const pet of newestFirst) {
    if (items.length === limit) {
      return { items, nextCursor: encodeCursor(positionOf(items.at(-1) as Pet), filter) };
    }
    items.push(toPet(pet));
  }
  return { items };
}

async function* readPartition(
  index: string,
  partition: string,
  after = "~",
  batch: number,
): AsyncGenerator<StoredPet> {
  let ExclusiveStartKey: RawItem | undefined;
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
    for (const item of page.Items ?? []) {
      const pet = parsePetItem(item);
      if (!isTombstone(pet)) yield pet;
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** The filter that a cursor belongs to, and the position of the last pet on the page. */
const Cursor = z.tuple([z.string(), z.string().regex(/^\d{4}-[\d-]+T[\d:.]+Z#[\da-f-]{36}$/)]);

const fingerprintOf = ({ status, species, owner }: PetFilter) =>
  JSON.stringify([status ?? null, species ?? null, owner ?? null]);

/** Returns a cursor: base64url that is opaque to clients. */
export const encodeCursor = (position: string, filter: PetFilter): string =>
  Buffer.from(JSON.stringify([fingerprintOf(filter), position])).toString("base64url");

/**
 * @returns the position after which the page starts
 * @throws Problem `bad-cursor` when this API did not create it, or created it for another filter
 */
export function decodeCursor(cursor: string, filter: PetFilter): string {
  const decoded = Cursor.safeParse(parseJson(Buffer.from(cursor, "base64url").toString())).data;
  if (!decoded) throw new Problem("bad-cursor", "Send the cursor from nextCursor unchanged.");
  const [fingerprint, position] = decoded;
  if (fingerprint !== fingerprintOf(filter)) {
    throw new Problem("bad-cursor", "Send the filters of the first page with every cursor.");
  }
  return position;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
