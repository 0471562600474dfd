import { createHash } from "node:crypto";
import type { Cause } from "../trace-context.ts";
import type { Pet, Species, Status } from "./pet.ts";

/** A pet as it is stored: what is public, and what is not. */
export interface PetRecord extends Pet {
  ownerEmail?: string | undefined;
  /** Hash of the create request, where it came with an idempotency key. */
  requestHash?: string;
  /** Trace context of the last write: the stream's consumers continue it. */
  cause?: Cause | undefined;
  /** Set when an import created the pet: its owner gets no mail about that. */
  origin?: "import";
}

/**
 * What replaces a deleted pet: enough to recognise a repeated create, and no personal data. It is in
 * no index, and everything but a create treats it as absent.
 */
export interface Tombstone {
  /** RFC 3339 in UTC, to the millisecond. */
  deletedAt: string;
  /** Hash of the create request, where the pet had one. */
  requestHash?: string;
  cause?: Cause | undefined;
  /** Seconds since the epoch. From then on the id may be used again; DynamoDB deletes the item later. */
  expiresAt: number;
}

/** What the item of a pet may hold. */
export type StoredPet = PetRecord | Tombstone;

/**
 * Seconds that a tombstone is kept: a day longer than a dead letter, so that an import chunk that an
 * operator sends back within its retention does not recreate a deleted pet.
 */
const TOMBSTONE_SECONDS = 15 * 24 * 60 * 60;

export const isTombstone = (stored: StoredPet): stored is Tombstone => "deletedAt" in stored;

/** Returns the item that replaces a pet that is deleted now. */
export const toTombstone = (
  { id, requestHash }: PetRecord,
  { now, cause }: { now: Date; cause: Cause | undefined },
): Tombstone & { pk: string; sk: string } => ({
  ...keyOf(id),
  deletedAt: now.toISOString(),
  ...(requestHash && { requestHash }),
  cause,
  expiresAt: Math.ceil(now.getTime() / 1000) + TOMBSTONE_SECONDS,
});

/** What a list can be narrowed to. */
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

/** The key of a pet. */
export const keyOf = (id: string) => ({ pk: `pet#${id}`, sk: "pet" });

/** The position of a pet in every list it is in: newest first, and by id within a millisecond. */
export const positionOf = (pet: Pet) => `${pet.createdAt}#${pet.id}`;

/**
 * Returns the index that serves a filter, and the prefix of its partitions. Filters without a status
 * have indexes of their own, whose partitions do not name it: a pet stays in place when its status
 * changes, so a list that is being read neither misses nor repeats it.
 */
function listOf({ status, species, owner }: PetFilter) {
  const number = 1 + (species ? 1 : 0) + (owner ? 2 : 0) + (status ? 0 : 4);
  const parts = [owner && `owner#${owner}`, species && `species#${species}`].filter(Boolean);
  const prefix = [parts.length > 0 ? parts.join("#") : "pets", status].filter(Boolean).join("#");
  return { index: `gsi${number}`, prefix };
}

/** The partitions of one index that together hold exactly the pets of a filter. */
export function partitionsOf(filter: PetFilter) {
  const { index, prefix } = listOf(filter);
  return { index, partitions: Array.from({ length: SHARDS }, (_, shard) => `${prefix}#${shard}`) };
}

/** The index keys of a pet: its partition in each of the eight lists that it is in. */
export function indexKeysOf(pet: Pet): Record<string, string> {
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

/** The item of a pet: the record, its key, and its index keys. */
export const toItem = (record: PetRecord) => ({
  ...record,
  ...keyOf(record.id),
  ...indexKeysOf(record),
});

/** The public part of a record. */
export const toPet = (record: PetRecord): Pet => ({
  id: record.id,
  name: record.name,
  species: record.species,
  ...(record.breed !== undefined && { breed: record.breed }),
  ...(record.birthDate !== undefined && { birthDate: record.birthDate }),
  tags: record.tags,
  status: record.status,
  ownerId: record.ownerId,
  version: record.version,
  createdAt: record.createdAt,
  updatedAt: record.updatedAt,
});
