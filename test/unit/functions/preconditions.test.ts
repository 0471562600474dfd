import type { Pet } from "@petstore/core/pets/pet";
import {
  assertIfMatch,
  createPrecondition,
  etagOf,
  matchesIfNoneMatch,
} from "@petstore/functions/http/preconditions";
import { describe, expect, it } from "vitest";

const pet = { createdAt: "2026-01-31T09:30:00.000Z", version: 3 } as Pet;
const etag = etagOf(pet);
const opaque = etag.slice(1, -1);

describe("If-Match", () => {
  it.each([undefined, "*", etag, `"other", ${etag}`, `"other" , ${etag}`, `,"a,b",, ${etag},`])(
    "%s matches the current version",
    (value) => {
      expect(() => createPrecondition({ "if-match": value })(pet)).not.toThrow();
      expect(() => assertIfMatch({ "if-match": value }, pet)).not.toThrow();
    },
  );

  // The comparison is strong, so weak tags never match.
  it.each(['"other"', `"${opaque}${opaque}"`, `W/${etag}`, '""', `"W/${opaque}"`, `"a,${opaque}"`])(
    "%s does not match the current version",
    (value) => {
      expect(() => createPrecondition({ "if-match": value })(pet)).toThrow(
        `is ${etag}, which If-Match`,
      );
      expect(() => assertIfMatch({ "if-match": value }, pet)).toThrow(`is ${etag}, which If-Match`);
    },
  );
});

describe("If-None-Match", () => {
  it.each(["*", etag, `W/${etag}`, `"other", W/${etag}`, `, ${etag},,`])(
    "%s matches the current version",
    (value) => {
      expect(matchesIfNoneMatch({ "if-none-match": value }, etag)).toBe(true);
      expect(() => createPrecondition({ "if-none-match": value })(pet)).toThrow("If-None-Match");
    },
  );

  it.each([undefined, '"other"', 'W/"other"', `"1${opaque}"`, `"W/${opaque}"`, `"${opaque}W/"`])(
    "%s does not match the current version",
    (value) => {
      expect(matchesIfNoneMatch({ "if-none-match": value }, etag)).toBe(false);
      expect(() => createPrecondition({ "if-none-match": value })(pet)).not.toThrow();
    },
  );

  it("compares weak entity tags by their opaque tags", () => {
    expect(matchesIfNoneMatch({ "if-none-match": '"a"' }, 'W/"a"')).toBe(true);
    expect(matchesIfNoneMatch({ "if-none-match": '"W/a"' }, 'W/"a"')).toBe(false);
  });
});

describe("etagOf", () => {
  it("returns different tags for versions, and for two pets that used the same id", () => {
    const etags = [pet, { ...pet, version: 4 }, { ...pet, createdAt: "2026-03-31T09:30:00.000Z" }];
    expect(new Set(etags.map(etagOf)).size).toBe(3);
  });
});
