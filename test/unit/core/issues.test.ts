import { NewPet } from "@petstore/core/pets/pet";
import { summaryOf } from "@petstore/core/problems/issues";
import { expect, it } from "vitest";

const summary = (pet: unknown) => {
  const { error } = NewPet.safeParse(pet);
  if (!error) throw new Error("it was accepted");
  return summaryOf(error);
};

it.each([
  [{ species: "dog" }, ["/name"]],
  [{ name: "Rex", species: "dog", tags: ["ok", 7] }, ["/tags/1"]],
  [{ name: "", species: "dragon", "a/b": 1, "c~d": 2 }, ["/a~1b", "/c~0d", "/name", "/species"]],
  [[], [""]],
  [null, [""]],
])("what is wrong with %j is at %j", (pet, pointers) => {
  expect(
    summary(pet)
      .map(({ pointer }) => pointer)
      .sort(),
  ).toEqual(pointers);
});

it("tells ten things, and how many more there are", () => {
  const told = summary({ name: "Rex", species: "dog", tags: Array(20).fill(7) });
  expect(told).toHaveLength(11);
  expect(told.at(-1)).toEqual({ pointer: "", detail: "and 10 more" });
});

it("is small and well-formed, whatever the value is", () => {
  const members = Array.from({ length: 50 }, (_, index) => [`${index}\ud800${"é".repeat(300)}`, 1]);
  const told = summary({ name: "Rex", species: "dog", ...Object.fromEntries(members) });
  expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(10_000);
  expect(told.every(({ pointer }) => pointer.isWellFormed())).toBe(true);
});
