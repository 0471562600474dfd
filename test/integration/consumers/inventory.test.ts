import { randomUUID } from "node:crypto";
import type { CounterKey, InventoryDelta } from "@petstore/core/inventory/inventory";
import { beforeAll, describe, expect, it } from "vitest";
import { engines } from "../dynamodb/harness.ts";
import { startTable } from "./harness.ts";

type InventoryTable = typeof import("@petstore/core/inventory/inventory-table");

describe.each(engines)("countDeltas on %s", (engine) => {
  let countDeltas: InventoryTable["countDeltas"];
  let readInventory: InventoryTable["readInventory"];
  let MAX_DELTAS: number;
  beforeAll(async () => {
    await startTable(engine);
    ({ countDeltas, readInventory, MAX_DELTAS } = await import(
      "@petstore/core/inventory/inventory-table"
    ));
  });

  const delta = (to: CounterKey, from?: CounterKey): InventoryDelta => ({
    id: randomUUID(),
    from,
    to,
  });
  const deltas = (number: number, to: CounterKey) =>
    Array.from({ length: number }, () => delta(to));

  it("counts MAX_DELTAS deltas in one call", async () => {
    await countDeltas(deltas(MAX_DELTAS, "fish#available"));

    expect((await readInventory()).species.fish.available).toBe(MAX_DELTAS);
  });

  it("counts a delta once when it is delivered again with other deltas", async () => {
    const [first, second, third] = [
      deltas(5, "dog#available"),
      deltas(4, "dog#available"),
      [delta("dog#adopted", "dog#available")],
    ];

    await countDeltas([...first, ...second]);
    await countDeltas(first);
    await countDeltas([...second, ...third]);
    await countDeltas([...first, ...second, ...third]);

    expect((await readInventory()).species.dog).toEqual({ available: 8, pending: 0, adopted: 1 });
  });

  it("counts a delta once when it is delivered several times at the same moment", async () => {
    const all = deltas(20, "cat#pending");
    const overlapping = [all, all.slice(10), all.slice(0, 15), all.slice(5)];

    await Promise.all(overlapping.map(countDeltas));

    expect((await readInventory()).species.cat.pending).toBe(20);
  });
});
