import type { Pet } from "@petstore/core/pets/pet";
import { type PetFilter, partitionsOf, toItem, toPet } from "@petstore/core/pets/pet-item";
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

describe("a pet's item", () => {
  const filters: PetFilter[] = [
    {},
    { species: "dog" },
    { owner: "ann" },
    { owner: "ann", species: "dog" },
  ];
  const cases = filters.flatMap((filter) => [filter, { ...filter, status: "pending" as const }]);

  it.each(cases)("stands in exactly one partition of the list %o", (filter) => {
    const { index, partitions } = partitionsOf(filter);
    const item = toItem(pet) as Record<string, unknown>;
    expect(partitions.filter((partition) => partition === item[`${index}pk`])).toHaveLength(1);
  });

  it.each<PetFilter>([
    { status: "adopted" },
    { species: "cat" },
    { owner: "bob" },
    { owner: "ann", species: "cat" },
    { owner: "ann", species: "dog", status: "available" },
  ])("stands in no partition of the list %o", (filter) => {
    const { index, partitions } = partitionsOf(filter);
    expect(partitions).not.toContain((toItem(pet) as Record<string, unknown>)[`${index}pk`]);
  });

  it("spreads pets over all partitions of a list", () => {
    const items = Array.from({ length: 64 }, (_, n) => toItem({ ...pet, id: `pet-${n}` }));
    const { index, partitions } = partitionsOf({});
    const used = items.map((item) => (item as Record<string, unknown>)[`${index}pk`]);
    expect(new Set(used)).toEqual(new Set(partitions));
  });

  it.each(filters)("stays in its partition of the list %o when its status changes", (filter) => {
    const { index } = partitionsOf(filter);
    const partitionOf = (item: object) => (item as Record<string, unknown>)[`${index}pk`];
    expect(partitionOf(toItem({ ...pet, status: "adopted" }))).toBe(partitionOf(toItem(pet)));
  });

  it("keeps what is private out of the representation", () => {
    expect(toPet({ ...pet, ownerEmail: "ann@example.com", requestHash: "abc" })).toEqual(pet);
  });
});
