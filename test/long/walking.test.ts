import type { Pet } from "@petstore/core/pets/pet";
import { beforeAll, describe, expect, it } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { ownOffline } from "../support/own-offline.ts";
import { walkUnderStatusWrites } from "../support/status-writers.ts";

const offline = await ownOffline();
const call = clientOf(() => offline);

const pets: Pet[] = [];
beforeAll(async () => {
  for (let n = 0; n < 100; n++) pets.push(await aPet(call));
});

describe("reading all pages while 20 writers change statuses", () => {
  it("returns every pet exactly once for 30 s", async () => {
    const result = await walkUnderStatusWrites(call, {
      pets,
      query: "limit=10",
      writers: 20,
      seconds: 30,
    });

    console.log(result);

    expect(result).toMatchObject({ duplicates: 0, missed: 0 });
    expect(result.walks).toBeGreaterThan(10);
  }, 120_000);

  it("returns no pet twice with a filter by status", async () => {
    const result = await walkUnderStatusWrites(call, {
      pets,
      query: "status=available&limit=10",
      writers: 20,
      seconds: 10,
    });

    expect(result.duplicates).toBe(0);
    expect(result.walks).toBeGreaterThan(3);
  }, 120_000);
});
