import type { Pet } from "@petstore/core/pets/pet";
import { describe, expect, it } from "vitest";
import { aPet, useApi } from "../../support/api.ts";
import { newestFirst, walk } from "../../support/pages.ts";
import { walkUnderStatusWrites } from "../../support/status-writers.ts";

const { call } = useApi();
const createMany = (count: number, fields = {}) =>
  Promise.all(Array.from({ length: count }, () => aPet(call, fields)));

describe("reading all pages", () => {
  it("returns every unchanged pet once, in order, during other writes", async () => {
    const made = await createMany(30);
    const doomed = await createMany(12);
    const seen = await walk(call, "limit=7", async () => {
      const victim = doomed.pop();
      await Promise.all([
        aPet(call),
        victim && call("DELETE", `/api/pets/${victim.id}`),
        doomed[0] &&
          call("PATCH", `/api/pets/${doomed[0].id}`, { body: { tags: [`t${doomed.length}`] } }),
      ]);
    });
    const untouched = new Set(made.map((pet) => pet.id));
    expect(seen.filter((pet) => untouched.has(pet.id))).toEqual(newestFirst(made));
    expect(seen).toEqual(newestFirst(seen));
    expect(new Set(seen.map((pet) => pet.id)).size).toBe(seen.length);
  });

  it("returns every pet exactly once while statuses change", async () => {
    const pets = await createMany(20, { species: "reptile" });

    const found = await walkUnderStatusWrites(call, {
      pets,
      query: "owner=me&species=reptile&limit=5",
      writers: 6,
      seconds: 3,
    });

    expect(found).toMatchObject({ duplicates: 0, missed: 0 });
    expect(found.walks).toBeGreaterThan(0);
  });
});

describe("a page with a status", () => {
  it("returns only pets of that status, and none twice, while statuses change", async () => {
    const pets = await createMany(10, { species: "fish" });
    const flip = (pet: Pet, status: string) =>
      call("PATCH", `/api/pets/${pet.id}`, { body: { status } });

    const changes = Promise.all(pets.map((pet) => flip(pet, "pending")));
    const seen = await walk(call, "owner=me&species=fish&status=available&limit=3");
    await changes;

    expect(seen.every(({ status }) => status === "available")).toBe(true);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  });
});
