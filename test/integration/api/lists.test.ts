import type { Pet } from "@petstore/core/pets/pet";
import { beforeAll, describe, expect, it } from "vitest";
import { aPet, useApi } from "../../support/api.ts";

interface Page {
  items: Pet[];
  nextCursor?: string;
}

const call = useApi();
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

/** Everything on all pages, following `nextCursor`. */
async function walk(query: string, onPage: (page: Page) => Promise<unknown> = async () => {}) {
  const items: Pet[] = [];
  let cursor = "";
  for (;;) {
    const { status, body } = await call<Page>("GET", `/api/pets?${query}${cursor}`);
    expect(status).toBe(200);
    items.push(...body.items);
    await onPage(body);
    if (!body.nextCursor) return items;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

const newestFirst = (pets: Pet[]) =>
  pets.toSorted((a, b) => (`${a.createdAt}#${a.id}` < `${b.createdAt}#${b.id}` ? 1 : -1));

describe("filters", () => {
  const filters = [
    {},
    { status: "pending" },
    { species: "cat" },
    { species: "cat", status: "adopted" },
    { owner: "anonymous" },
    { owner: "anonymous", status: "available" },
    { owner: "anonymous", species: "bird" },
    { owner: "anonymous", species: "bird", status: "pending" },
    { owner: "nobody" },
    { species: "reptile" },
  ];

  it.each(filters)(
    "%o selects just its pets, newest first, on pages of any size",
    async (filter) => {
      const { owner, ...rest } = filter as Record<string, string>;
      const expected = newestFirst(
        made.filter(
          (pet) =>
            (owner ?? pet.ownerId) === pet.ownerId &&
            Object.entries(rest).every(([name, value]) => pet[name as keyof Pet] === value),
        ),
      );
      for (const limit of [1, 4, 100]) {
        if (limit === 1 && expected.length > 20) continue;
        expect(
          await walk(`${new URLSearchParams(filter as Record<string, string>)}&limit=${limit}`),
        ).toEqual(expected);
      }
    },
  );
});

describe("pages", () => {
  it("hold twenty pets unless asked for another number, and link to the next", async () => {
    const { body, headers } = await call<Page>("GET", "/api/pets?owner=anonymous");
    expect(body.items).toEqual(newestFirst(made).slice(0, 20));
    const [, next] = /^<(.+)>; rel="next"$/.exec(headers.get("link") ?? "") ?? [];
    const second = await call<Page>("GET", next as string);
    expect(second.body.items).toEqual(newestFirst(made).slice(20, 40));
  });

  it("end without a cursor, also when the last one is full", async () => {
    const { body, headers } = await call<Page>("GET", "/api/pets?limit=45");
    expect(body.items).toHaveLength(45);
    expect(body.nextCursor).toBeUndefined();
    expect(headers.get("link")).toBeNull();
    expect((await call<Page>("GET", "/api/pets?limit=44")).body.nextCursor).toBeDefined();
  });

  it("show every untouched pet once, in order, while others create, change and delete", async () => {
    const doomed = await Promise.all(Array.from({ length: 12 }, () => aPet(call)));
    const seen = await walk("limit=7", async () => {
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
});

describe("cursors", () => {
  it("of another list, or changed, are refused", async () => {
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
