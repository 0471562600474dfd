import { createHash } from "node:crypto";
import * as z from "zod";
import type { RawItem } from "../table/client.ts";
import { TraceContext } from "../trace-context.ts";
import { type Pet, Species, Status } from "./pet.ts";

/**
 * A trace context that this API did not write is ignored. The attribute is called `cause` because
 * items that earlier versions wrote have that name.
 */
const cause = TraceContext.optional().catch(undefined);

// One instance of each schema: creating a schema costs time at every cold start.
const text = z.string();
const optionalText = text.optional();
const number = z.number();

/**
 * A stored pet, without its keys. The schema checks the types only: earlier versions accepted texts
 * that are not valid any more. Only the fields that all versions wrote are required.
 */
const StoredPet = z.object({
  id: text,
  name: text,
  species: Species,
  breed: optionalText,
  birthDate: optionalText,
  tags: z.array(text),
  status: Status,
  ownerId: text,
  ownerEmail: optionalText,
  version: number,
  createdAt: text,
  updatedAt: text,
  /** Hash of the create request, if that had an idempotency key. */
  requestHash: optionalText,
  /** Trace context of the last write, which the consumers of the stream continue. */
  cause,
  /** Set when an import created the pet: its owner gets no mail about that. */
  origin: z.literal("import").optional(),
});
export type StoredPet = z.output<typeof StoredPet>;

/**
 * Replaces a deleted pet: enough to recognise a repeated create, and no personal data. It is in no
 * index, and everything but a create treats it as absent.
 */
const Tombstone = z.object({
  /** RFC 3339 in UTC, to the millisecond. */
  deletedAt: text,
  /** Hash of the create request, if the pet had one. */
  requestHash: optionalText,
  cause,
  /** Seconds since the epoch. From then on the id can be reused; DynamoDB deletes the item later. */
  expiresAt: number,
});
export type Tombstone = z.output<typeof Tombstone>;

/** The content of a pet's item. */
export type PetItem = StoredPet | Tombstone;

/**
 * Parses an item of the table or an image of the stream, also one that an earlier version wrote.
 *
 * @throws Error that names the invalid attributes
 */
export function parsePetItem(item: RawItem): PetItem {
  const result = (item.deletedAt === undefined ? StoredPet : Tombstone).safeParse(item);
  if (result.success) return result.data;
  const paths = result.error.issues.map(({ path }) => path.join("."));
  throw new Error(`The item ${item.pk} is not a valid pet. Check these attributes: ${paths}.`);
}

export const isTombstone = (item: PetItem): item is Tombstone => "deletedAt" in item;

/**
 * Seconds that a tombstone is stored: a day longer than a dead letter, so that an import chunk that
 * an operator redrives within its retention does not recreate a deleted pet.
 */
const TOMBSTONE_SECONDS = 15 * 24 * 60 * 60;

/** Returns the item that replaces a pet that is deleted now. */
export const toTombstone = (
  { id, requestHash }: StoredPet,
  { now, traceContext }: { now: Date; traceContext: TraceContext | undefined },
): Tombstone & { pk: string; sk: string } => ({
  ...petKey(id),
  deletedAt: now.toISOString(),
  ...(requestHash && { requestHash }),
  cause: traceContext,
  expiresAt: Math.ceil(now.getTime() / 1000) + TOMBSTONE_SECONDS,
});

/** The filters of a list. */
export interface PetFilter {
  status?: Status | undefined;
  species?: Species | undefined;
  owner?: string | undefined;
}

/**
 * Partitions of each list. DynamoDB writes 1,000 units a second to a partition key. After raising
 * this number, `npm run reindex` moves the existing pets.
 */
export const SHARDS = 4;

/** Returns the key of a pet. */
export const petKey = (id: string) => ({ pk: `pet#${id}`, sk: "pet" });

/** Returns the position of a pet in every list that it is in: by time, and by id within a millisecond. */
export const positionOf = (pet: Pick<Pet, "createdAt" | "id">) => `${pet.createdAt}#${pet.id}`;

/**
 * Returns the index for a filter, and the prefix of its partitions. Filters without a status have
 * separate indexes, whose partitions do not contain it: a pet keeps its position when its status
 * changes, so a list that is being read neither misses nor repeats it.
 */
function listOf({ status, species, owner }: PetFilter) {
  const number = 1 + (species ? 1 : 0) + (owner ? 2 : 0) + (status ? 0 : 4);
  const parts = [owner && `owner#${owner}`, species && `species#${species}`].filter(Boolean);
  const prefix = [parts.length > 0 ? parts.join("#") : "pets", status].filter(Boolean).join("#");
  return { index: `gsi${number}`, prefix };
}

/** Returns the partitions of one index that together contain exactly the pets of a filter. */
export function partitionsOf(filter: PetFilter) {
  const { index, prefix } = listOf(filter);
  return { index, partitions: Array.from({ length: SHARDS }, (_, shard) => `${prefix}#${shard}`) };
}

/** Returns the index keys of a pet: its partition in each of the eight lists that it is in. */
export function indexKeysOf(pet: StoredPet): Record<string, string> {
  const shard = (createHash("sha256").update(pet.id).digest()[0] as number) % SHARDS;
  const filters = [undefined, pet.status].flatMap((status) =>
    [undefined, pet.ownerId].flatMap((owner) =>
      [undefined, pet.species].map((species) => ({ status, owner, species })),
    ),
  );
  const partitions = filters
    .map(listOf)
    .map(({ index, prefix }) => [`${index}pk`, `${prefix}#${shard}`]);
  return { ...Object.fromEntries(partitions), gsisk: positionOf(pet) };
}

/** Returns the item of a pet: its content, key and index keys. */
export const toPetItem = (pet: StoredPet) => ({ ...pet, ...petKey(pet.id), ...indexKeysOf(pet) });

/** Returns the public representation of a pet. */
export const toPet = (pet: StoredPet): Pet => ({
  id: pet.id,
  name: pet.name,
  species: pet.species,
  ...(pet.breed !== undefined && { breed: pet.breed }),
  ...(pet.birthDate !== undefined && { birthDate: pet.birthDate }),
  tags: pet.tags,
  status: pet.status,
  ownerId: pet.ownerId,
  version: pet.version,
  createdAt: pet.createdAt,
  updatedAt: pet.updatedAt,
});
