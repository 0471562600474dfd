import type { Pet } from "@petstore/core/pets/pet";
import { describe, expect, it } from "vitest";
import {
  assertMatch,
  etagOf,
  hasAlready,
  unlessChanged,
} from "../../../packages/functions/src/http/preconditions.ts";

const createdAt = "2026-01-31T09:30:00.000Z";
const pet = { createdAt, version: 3 } as Pet;
/** The ETag of the pet at a version. */
const at = (version: number) => etagOf({ ...pet, version });

describe("If-Match", () => {
  it.each([undefined, "*", at(3), `${at(2)}, ${at(3)}`, `${at(2)} , ${at(3)}`])(
    "%s lets version 3 through",
    (value) => {
      expect(() => unlessChanged({ "if-match": value })(pet)).not.toThrow();
      expect(() => assertMatch({ "if-match": value }, pet)).not.toThrow();
    },
  );

  // Weak tags never match here: the comparison is the strong one.
  it.each([at(2), at(33), `W/${at(3)}`, '"3"', '""'])("%s stops at version 3", (value) => {
    expect(() => unlessChanged({ "if-match": value })(pet)).toThrow("version 3");
    expect(() => assertMatch({ "if-match": value }, pet)).toThrow("version 3");
  });
});

describe("If-None-Match", () => {
  it.each(["*", at(3), `W/${at(3)}`, `${at(1)}, W/${at(3)}`])("%s knows version 3", (value) => {
    expect(hasAlready({ "if-none-match": value }, etagOf(pet))).toBe(true);
    expect(() => unlessChanged({ "if-none-match": value })(pet)).toThrow("version 3");
  });

  it.each([undefined, at(2), `W/${at(2)}`, at(13), '"3"'])(
    "%s does not know version 3",
    (value) => {
      expect(hasAlready({ "if-none-match": value }, etagOf(pet))).toBe(false);
      expect(() => unlessChanged({ "if-none-match": value })(pet)).not.toThrow();
    },
  );
});

describe("an ETag", () => {
  it("differs between two pets that have the same id one after the other", () => {
    expect(etagOf({ ...pet, createdAt: "2026-03-31T09:30:00.000Z" })).not.toBe(etagOf(pet));
  });
});
