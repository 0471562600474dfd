import type { Pet } from "@petstore/core/pets/pet";
import { expect, it } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { ownOffline } from "../support/own-offline.ts";
import { walkUnderStatusWrites } from "../support/status-writers.ts";

const offline = await ownOffline();
const call = clientOf(() => offline);

it("lists every pet exactly once for 30 s while 20 writers change statuses", async () => {
  const pets: Pet[] = [];
  for (let n = 0; n < 100; n++) pets.push(await aPet(call));

  const found = await walkUnderStatusWrites(call, {
    pets,
    query: "limit=10",
    writers: 20,
    seconds: 30,
  });

  console.log(found);
  expect(found).toMatchObject({ duplicates: 0, missed: 0 });
  expect(found.walks).toBeGreaterThan(10);
}, 120_000);
