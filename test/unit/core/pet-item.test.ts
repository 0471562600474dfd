import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Pet } from "@petstore/core/pets/pet";
import {
  isTombstone,
  type PetFilter,
  parsePetItem,
  partitionsOf,
  type StoredPet,
  toPet,
  toPetItem,
  toTombstone,
} from "@petstore/core/pets/pet-item";
import { describe, expect, it } from "vitest";

const pet: Pet = {
  id: "0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b",
  name: "Rex",
  species: "dog",
  tags: ["good"],
  status: "pending",
  ownerId: "ann",
  version: 3,
  createdAt: "2026-01-02T03:04:05.678Z",
  updatedAt: "2026-01-03T03:04:05.678Z",
};

const itemOf = (stored: StoredPet): Record<string, unknown> => toPetItem(stored);

describe("toPetItem", () => {
  const filters: PetFilter[] = [
    {},
    { species: "dog" },
    { owner: "ann" },
    { owner: "ann", species: "dog" },
  ];
  const matching = filters.flatMap((filter) => [filter, { ...filter, status: "pending" as const }]);

  it.each(matching)("puts a pet into exactly one partition of the list %o", (filter) => {
    const { index, partitions } = partitionsOf(filter);
    const item = itemOf(pet);

    expect(partitions.filter((partition) => partition === item[`${index}pk`])).toHaveLength(1);
  });

  it.each<PetFilter>([
    { status: "adopted" },
    { species: "cat" },
    { owner: "bob" },
    { owner: "ann", species: "cat" },
    { owner: "ann", species: "dog", status: "available" },
  ])("puts a pet into no partition of the list %o", (filter) => {
    const { index, partitions } = partitionsOf(filter);

    expect(partitions).not.toContain(itemOf(pet)[`${index}pk`]);
  });

  it("distributes pets over all partitions of a list", () => {
    const items = Array.from({ length: 64 }, (_, n) => itemOf({ ...pet, id: `pet-${n}` }));
    const { index, partitions } = partitionsOf({});

    const used = items.map((item) => item[`${index}pk`]);

    expect(new Set(used)).toEqual(new Set(partitions));
  });

  it.each(filters)("keeps the partition in the list %o when the status changes", (filter) => {
    const { index } = partitionsOf(filter);
    const partitionOf = (stored: StoredPet) => itemOf(stored)[`${index}pk`];

    expect(partitionOf({ ...pet, status: "adopted" })).toBe(partitionOf(pet));
  });
});

describe("toPet", () => {
  it("removes private fields", () => {
    expect(toPet({ ...pet, ownerEmail: "ann@example.com", requestHash: "abc" })).toEqual(pet);
  });
});

describe("parsePetItem", () => {
  const key = { pk: `pet#${pet.id}`, sk: "pet" };
  const gsisk = `${pet.createdAt}#${pet.id}`;
  /** Four indexes whose partitions contain the status, and two shards. */
  const fourIndexes = {
    gsi1pk: "pets#pending#1",
    gsi2pk: "species#dog#pending#1",
    gsi3pk: "owner#ann#pending#1",
    gsi4pk: "owner#ann#species#dog#pending#1",
    gsisk,
  };
  /** Eight indexes, four of them without the status, and four shards. */
  const eightIndexes = {
    gsi1pk: "pets#pending#3",
    gsi2pk: "species#dog#pending#3",
    gsi3pk: "owner#ann#pending#3",
    gsi4pk: "owner#ann#species#dog#pending#3",
    gsi5pk: "pets#3",
    gsi6pk: "species#dog#3",
    gsi7pk: "owner#ann#3",
    gsi8pk: "owner#ann#species#dog#3",
    gsisk,
  };
  const cause = { correlationId: "order-4711" };

  it.each<[string, object, object]>([
    ["the first version wrote", { ...key, ...fourIndexes, ...pet }, pet],
    [
      "the first version wrote with all optional fields",
      {
        ...key,
        ...fourIndexes,
        ...pet,
        breed: "Beagle",
        birthDate: "2024-02-29",
        ownerEmail: "ann@example.com",
        requestHash: "hash",
      },
      {
        ...pet,
        breed: "Beagle",
        birthDate: "2024-02-29",
        ownerEmail: "ann@example.com",
        requestHash: "hash",
      },
    ],
    [
      "was written with a trace context",
      { ...pet, cause, ...key, ...fourIndexes },
      { ...pet, cause },
    ],
    [
      "was written with eight indexes",
      { ...pet, cause, ...key, ...eightIndexes },
      { ...pet, cause },
    ],
    [
      "an import wrote",
      { ...pet, origin: "import", cause, ...key, ...eightIndexes },
      { ...pet, origin: "import", cause },
    ],
    [
      "has a name that is not valid any more",
      { ...pet, name: "\u202eRex", breed: "\u2800", ...key, ...fourIndexes },
      { ...pet, name: "\u202eRex", breed: "\u2800" },
    ],
    [
      "has a trace context that this API did not write",
      { ...pet, cause: { correlationId: "not valid" }, ...key, ...eightIndexes },
      pet,
    ],
    ["this version writes", toPetItem({ ...pet, cause }), { ...pet, cause }],
  ])("parses a pet that %s, without its keys", (_, item, stored) => {
    const parsed = parsePetItem(unmarshall(marshall(item)));

    expect(parsed).toEqual(stored);
    expect(isTombstone(parsed)).toBe(false);
  });

  it.each([
    ["a request hash", { ...pet, requestHash: "hash" }],
    ["no request hash", pet],
  ])("parses a tombstone with %s", (_, stored) => {
    const tombstone = toTombstone(stored, { now: new Date(0), traceContext: cause });
    const { pk, sk, ...content } = tombstone;

    const parsed = parsePetItem(unmarshall(marshall(tombstone)));

    expect(parsed).toEqual(content);
    expect(isTombstone(parsed)).toBe(true);
  });

  it("names the invalid attributes of an item, not their values", () => {
    const item = { ...toPetItem(pet), species: "ann@example.com", version: "1" };

    expect(() => parsePetItem(item)).toThrow(
      `The item ${key.pk} is not a valid pet. Check these attributes: species,version.`,
    );
  });
});
