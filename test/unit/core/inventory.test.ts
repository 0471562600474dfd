import type { PetChange } from "@petstore/core/events/pet-change";
import {
  Inventory,
  sumDeltas,
  toInventory,
  toInventoryDelta,
} from "@petstore/core/inventory/inventory";
import { species } from "@petstore/core/pets/pet";
import { describe, expect, it } from "vitest";

const change = (before?: object, after?: object) => ({ id: "c", before, after }) as PetChange;
const dog = { species: "dog", status: "available" };
const adoptedDog = { species: "dog", status: "adopted" };
const cat = { species: "cat", status: "available" };

describe("toInventoryDelta", () => {
  it.each<[string, PetChange, object | undefined]>([
    ["a create", change(undefined, dog), { to: "dog#available" }],
    ["a delete", change(dog), { from: "dog#available" }],
    ["another status", change(dog, adoptedDog), { from: "dog#available", to: "dog#adopted" }],
    ["another species", change(dog, cat), { from: "dog#available", to: "cat#available" }],
    ["another name", change(dog, { ...dog, name: "Max" }), undefined],
  ])("returns the delta of %s", (_, change, delta) => {
    expect(toInventoryDelta(change)).toEqual(
      delta && { id: "c", from: undefined, to: undefined, ...delta },
    );
  });

  it("can be summed with others, and cancel them out", () => {
    const deltas = (...changes: PetChange[]) =>
      changes.flatMap((one) => toInventoryDelta(one) ?? []);
    const created = change(undefined, dog);
    expect(sumDeltas(deltas(created, created, change(dog, adoptedDog), change(cat)))).toEqual({
      "dog#available": 1,
      "dog#adopted": 1,
      "cat#available": -1,
    });
    expect(sumDeltas(deltas(created, change(dog)))).toEqual({ "dog#available": 0 });
  });
});

describe("toInventory", () => {
  it("lists every species and status with 0 before the first count", () => {
    const none = { available: 0, pending: 0, adopted: 0 };
    expect(toInventory({})).toEqual({
      total: 0,
      status: none,
      species: Object.fromEntries(species.map((one) => [one, none])),
    });
  });

  it("sums by species, by status and in total", () => {
    const counts = { "dog#available": 2, "dog#adopted": 3, "cat#adopted": 5, "bird#pending": 7 };
    const inventory = toInventory(counts);
    expect(Inventory.parse(inventory)).toEqual(inventory);
    expect(inventory).toMatchObject({
      total: 17,
      status: { available: 2, pending: 7, adopted: 8 },
      species: {
        dog: { available: 2, pending: 0, adopted: 3 },
        cat: { available: 0, pending: 0, adopted: 5 },
        bird: { available: 0, pending: 7, adopted: 0 },
      },
    });
  });
});
