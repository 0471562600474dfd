import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pets } from "@petstore/client/pets";
import { expect, it } from "vitest";
import { clientOf, type Seen } from "./server.ts";

const PETS = 10_000;

/** Returns a page of a list of pets of 4 KB each. */
function pageOf({ url }: Seen) {
  const limit = Number(url.searchParams.get("limit"));
  const from = Number(url.searchParams.get("cursor") ?? 0);
  const items = Array.from({ length: limit }, (_, n) => ({
    id: String(from + n),
    name: "x".repeat(4000),
  }));
  const next = from + limit < PETS ? { nextCursor: String(from + limit) } : {};
  return { status: 200, body: { items, ...next } };
}

it("returns 10,000 pets page by page without keeping them in memory", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const { client, seen } = await clientOf(pageOf);
  let count = 0;
  let early = 0;
  for await (const pet of pets(client, { limit: 100, species: "cat" })) {
    expect(pet.id).toBe(String(count++));
    expect(seen.length).toBe(Math.ceil(count / 100));
    if (count === 1_000) early = heap();
  }
  expect(count).toBe(PETS);
  // All of them are 40 MB.
  expect(heap() - early).toBeLessThan(5_000_000);
  expect(new Set(seen.map(({ url }) => url.searchParams.get("species")))).toEqual(new Set(["cat"]));
});

it("requests no page after the consumer stops", async () => {
  const { client, seen } = await clientOf(pageOf);
  for await (const pet of pets(client, { limit: 10 })) if (pet.id === "15") break;
  expect(seen).toHaveLength(2);
});
