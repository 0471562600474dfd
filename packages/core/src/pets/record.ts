import { createHash } from "node:crypto";
import type { Cause } from "../cause.ts";
import { type Pet, type Species, type Status, statuses } from "./pet.ts";

/** A pet as it is stored: what is public, and what is not. */
export interface PetRecord extends Pet {
  ownerEmail?: string | undefined;
  /** Hash of the create request, where it came with an idempotency key. */
  requestHash?: string;
  /** Of the last write: it comes with the stream to whoever goes on from there. */
  cause?: Cause | undefined;
}

/** What a list can be narrowed to. */
export interface PetFilter {
  status?: Status | undefined;
  species?: Species | undefined;
  owner?: string | undefined;
}

/**
 * Index partitions per status. Two take 2,000 writes a second. It may be raised at any time, readers
 * first: partitions that hold nothing yet are read as empty, and a pet moves with its next write.
 */
const SHARDS = 2;

/** The key of a pet. */
export const keyOf = (id: string) => ({ pk: `pet#${id}`, sk: "pet" });

/** Where a pet stands in every list it is in: newest first, and by id within a millisecond. */
export const positionOf = (pet: Pet) => `${pet.createdAt}#${pet.id}`;

/** The index that answers a filter, and the partition prefix in it. Status is a part of every partition. */
function placeOf({ species, owner }: PetFilter) {
  if (owner && species) return { index: "gsi4", prefix: `owner#${owner}#species#${species}` };
  if (owner) return { index: "gsi3", prefix: `owner#${owner}` };
  if (species) return { index: "gsi2", prefix: `species#${species}` };
  return { index: "gsi1", prefix: "pets" };
}

const partition = (prefix: string, status: Status, shard: number) => `${prefix}#${status}#${shard}`;

/** The partitions of one index that together hold just the pets of a filter. */
export function partitionsOf(filter: PetFilter) {
  const { index, prefix } = placeOf(filter);
  const partitions = (filter.status ? [filter.status] : statuses).flatMap((status) =>
    Array.from({ length: SHARDS }, (_, shard) => partition(prefix, status, shard)),
  );
  return { index, partitions };
}

/** The item of a pet: the record, its key, and its place in each of the four indexes. */
export function toItem(record: PetRecord) {
  const { id, ownerId: owner, species, status } = record;
  const shard = (createHash("sha256").update(id).digest()[0] as number) % SHARDS;
  const places = [{}, { species }, { owner }, { owner, species }].map(placeOf);
  return {
    ...record,
    ...keyOf(id),
    ...Object.fromEntries(
      places.map(({ index, prefix }) => [`${index}pk`, partition(prefix, status, shard)]),
    ),
    gsisk: positionOf(record),
  };
}

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
