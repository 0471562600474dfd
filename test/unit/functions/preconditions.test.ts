import type { Pet } from "@petstore/core/pets/pet";
import { describe, expect, it } from "vitest";
import {
  assertMatch,
  etagOf,
  hasAlready,
  unlessChanged,
} from "../../../packages/functions/src/http/preconditions.ts";

const pet = { version: 3 } as Pet;

describe("If-Match", () => {
  it.each([undefined, "*", '"3"', '"2", "3"', '"2" , "3"'])(
    "%s lets version 3 through",
    (value) => {
      expect(() => unlessChanged({ "if-match": value })(pet)).not.toThrow();
      expect(() => assertMatch({ "if-match": value }, pet)).not.toThrow();
    },
  );

  // Weak tags never match here: the comparison is the strong one.
  it.each(['"2"', '"33"', 'W/"3"', '""'])("%s stops at version 3", (value) => {
    expect(() => unlessChanged({ "if-match": value })(pet)).toThrow("version 3");
    expect(() => assertMatch({ "if-match": value }, pet)).toThrow("version 3");
  });
});

describe("If-None-Match", () => {
  it.each(["*", '"3"', 'W/"3"', '"1", W/"3"'])("%s knows version 3", (value) => {
    expect(hasAlready({ "if-none-match": value }, etagOf(pet))).toBe(true);
    expect(() => unlessChanged({ "if-none-match": value })(pet)).toThrow("version 3");
  });

  it.each([undefined, '"2"', 'W/"2"', '"13"'])("%s does not know version 3", (value) => {
    expect(hasAlready({ "if-none-match": value }, etagOf(pet))).toBe(false);
    expect(() => unlessChanged({ "if-none-match": value })(pet)).not.toThrow();
  });
});
