import type { Pet } from "@petstore/core/pets/pet";
import {
  assertMatch,
  etagOf,
  hasAlready,
  unlessChanged,
} from "@petstore/functions/http/preconditions";
import { describe, expect, it } from "vitest";

const pet = { createdAt: "2026-01-31T09:30:00.000Z", version: 3 } as Pet;
const etag = etagOf(pet);
const opaque = etag.slice(1, -1);

describe("If-Match", () => {
  it.each([undefined, "*", etag, `"other", ${etag}`, `"other" , ${etag}`, `,"a,b",, ${etag},`])(
    "%s lets the current version through",
    (value) => {
      expect(() => unlessChanged({ "if-match": value })(pet)).not.toThrow();
      expect(() => assertMatch({ "if-match": value }, pet)).not.toThrow();
    },
  );

  // Weak tags never match here: the comparison is the strong one.
  it.each(['"other"', `"${opaque}${opaque}"`, `W/${etag}`, '""', `"W/${opaque}"`, `"a,${opaque}"`])(
    "%s stops at the current version",
    (value) => {
      expect(() => unlessChanged({ "if-match": value })(pet)).toThrow(`is ${etag}, which If-Match`);
      expect(() => assertMatch({ "if-match": value }, pet)).toThrow(`is ${etag}, which If-Match`);
    },
  );
});

describe("If-None-Match", () => {
  it.each(["*", etag, `W/${etag}`, `"other", W/${etag}`, `, ${etag},,`])(
    "%s knows the current version",
    (value) => {
      expect(hasAlready({ "if-none-match": value }, etag)).toBe(true);
      expect(() => unlessChanged({ "if-none-match": value })(pet)).toThrow("If-None-Match");
    },
  );

  it.each([undefined, '"other"', 'W/"other"', `"1${opaque}"`, `"W/${opaque}"`, `"${opaque}W/"`])(
    "%s does not know the current version",
    (value) => {
      expect(hasAlready({ "if-none-match": value }, etag)).toBe(false);
      expect(() => unlessChanged({ "if-none-match": value })(pet)).not.toThrow();
    },
  );

  it("of a weak entity tag is compared by what is in its quotes", () => {
    expect(hasAlready({ "if-none-match": '"a"' }, 'W/"a"')).toBe(true);
    expect(hasAlready({ "if-none-match": '"W/a"' }, 'W/"a"')).toBe(false);
  });
});

describe("an ETag", () => {
  it("differs between versions, and between two pets that have the same id one after the other", () => {
    const etags = [pet, { ...pet, version: 4 }, { ...pet, createdAt: "2026-03-31T09:30:00.000Z" }];
    expect(new Set(etags.map(etagOf)).size).toBe(3);
  });
});
