import type { Pet } from "@petstore/core/pets/pet";
import { expect } from "vitest";
import type { Call } from "./api.ts";

export interface Page {
  items: Pet[];
  nextCursor?: string;
}

/** Returns the items of all pages, following `nextCursor`. */
export async function walk(
  call: Call,
  query: string,
  onPage: (page: Page) => Promise<unknown> = async () => {},
) {
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

/** Compares items by the order of all lists. */
export const newestFirst = (pets: Pet[]) =>
  pets.toSorted((a, b) => (`${a.createdAt}#${a.id}` < `${b.createdAt}#${b.id}` ? 1 : -1));
