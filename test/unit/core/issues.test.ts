import { NewPet } from "@petstore/core/pets/pet-input";
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
])("summaryOf lists the errors of %j at %j", (pet, pointers) => {
  expect(
    summary(pet)
      .map(({ pointer }) => pointer)
      .sort(),
  ).toEqual(pointers);
});

it("summaryOf lists ten errors and the number of the others", () => {
  const errors = summary({ name: "Rex", species: "dog", tags: Array(20).fill(7) });
  expect(errors).toHaveLength(11);
  expect(errors.at(-1)).toEqual({ pointer: "", detail: "and 10 more" });
});

it("summaryOf returns a small, well-formed summary of any value", () => {
  const members = Array.from({ length: 50 }, (_, index) => [`${index}\ud800${"é".repeat(300)}`, 1]);
  const errors = summary({ name: "Rex", species: "dog", ...Object.fromEntries(members) });
  expect(Buffer.byteLength(JSON.stringify(errors))).toBeLessThan(10_000);
  expect(errors.every(({ pointer }) => pointer.isWellFormed())).toBe(true);
});
