import type { Pet } from "@petstore/core/pets/pet";
import { beforeAll, describe, expect, it } from "vitest";
import { aPet, useApi } from "../../support/api.ts";
import { newestFirst, type Page, walk } from "../../support/pages.ts";

const { call, me } = useApi();
const mine = (pet: Pet) => pet.ownerId === me.sub;
const species = ["dog", "cat", "bird"] as const;
const statuses = ["available", "pending", "adopted"] as const;
const made: Pet[] = [];

beforeAll(async () => {
  for (let n = 0; n < 45; n++) {
    made.push(
      await aPet(call, { species: species[n % 3], status: statuses[Math.floor(n / 3) % 3] }),
    );
  }
});

describe("filters", () => {
  const filters = [
    {},
    { status: "pending" },
    { species: "cat" },
    { species: "cat", status: "adopted" },
    { owner: me.sub },
    { owner: me.sub, status: "available" },
    { owner: me.sub, species: "bird" },
    { owner: me.sub, species: "bird", status: "pending" },
    { owner: "nobody" },
    { species: "reptile" },
  ];

  it.each(filters)(
    "%o selects exactly the matching pets, newest first, on pages of any size",
    async (filter) => {
      const { owner, ...rest } = filter as Record<string, string>;
      const expected = newestFirst(
        made.filter(
          (pet) =>
            (owner ?? pet.ownerId) === pet.ownerId &&
            Object.entries(rest).every(([name, value]) => pet[name as keyof Pet] === value),
        ),
      );
      const query = new URLSearchParams(filter as Record<string, string>);
      // Lists without an owner contain pets that other tests create.
      for (const limit of owner ? [4, 100] : [15, 100]) {
        const found = await walk(call, `${query}&limit=${limit}`);
        expect(found.filter((pet) => mine(pet) || owner)).toEqual(expected);
        expect(found).toEqual(newestFirst(found));
      }
    },
  );
});

describe("pages", () => {
  it("have twenty pets by default, and link to the next page", async () => {
    const { body, headers } = await call<Page>("GET", `/api/pets?owner=${me.sub}`);
    expect(body.items).toEqual(newestFirst(made).slice(0, 20));
    const [, next] = /^<(.+)>; rel="next"$/.exec(headers.get("link") ?? "") ?? [];
    const second = await call<Page>("GET", next as string);
    expect(second.body.items).toEqual(newestFirst(made).slice(20, 40));
  });

  it("end without a cursor, also when the last page is full", async () => {
    const { body, headers } = await call<Page>("GET", `/api/pets?owner=${me.sub}&limit=45`);
    expect(body.items).toHaveLength(45);
    expect(body.nextCursor).toBeUndefined();
    expect(headers.get("link")).toBeNull();
    expect(
      (await call<Page>("GET", `/api/pets?owner=${me.sub}&limit=44`)).body.nextCursor,
    ).toBeDefined();
  });
});

describe("cursors", () => {
  it("of another list, and changed ones, are refused", async () => {
    const { body } = await call<Page>("GET", "/api/pets?species=cat&limit=1");
    for (const query of [
      `cursor=${body.nextCursor}`,
      `species=dog&cursor=${body.nextCursor}`,
      `species=cat&cursor=${body.nextCursor?.slice(0, -4)}`,
      "cursor=",
      "cursor=%00",
      `cursor=${"x".repeat(4_000)}`,
    ]) {
      const answer = await call("GET", `/api/pets?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { type: "/problems/bad-cursor" } });
    }
  });
});
