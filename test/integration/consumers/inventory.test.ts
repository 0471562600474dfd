import { randomUUID } from "node:crypto";
import type { Cell, Step } from "@petstore/core/inventory/inventory";
import { beforeAll, describe, expect, it } from "vitest";
import { engines } from "../dynamodb/harness.ts";
import { startTable } from "./harness.ts";

describe.each(engines)("the inventory on %s", (engine) => {
  let count: typeof import("@petstore/core/inventory/inventory-table").count;
  let get: typeof import("@petstore/core/inventory/inventory-table").get;
  beforeAll(async () => {
    await startTable(engine);
    ({ count } = await import("@petstore/core/inventory/inventory-table"));
    ({ get } = await import("@petstore/core/inventory/inventory-table"));
  });

  const step = (to: Cell, from?: Cell): Step => ({ id: randomUUID(), from, to });
  const steps = (number: number, to: Cell) => Array.from({ length: number }, () => step(to));

  it("counts as many steps at once as it says", async () => {
    const { MAX_STEPS } = await import("@petstore/core/inventory/inventory-table");
    await count(steps(MAX_STEPS, "fish#available"));
    expect((await get()).species.fish.available).toBe(MAX_STEPS);
  });

  it("counts a step once, in whatever company it comes again", async () => {
    const [first, second, third] = [
      steps(5, "dog#available"),
      steps(4, "dog#available"),
      [step("dog#adopted", "dog#available")],
    ];
    await count([...first, ...second]);
    await count(first);
    await count([...second, ...third]);
    await count([...first, ...second, ...third]);
    expect((await get()).species.dog).toEqual({ available: 8, pending: 0, adopted: 1 });
  });

  it("counts a step once when it comes many times at the same moment", async () => {
    const all = steps(20, "cat#pending");
    const overlapping = [all, all.slice(10), all.slice(0, 15), all.slice(5)];
    await Promise.all(overlapping.map(count));
    expect((await get()).species.cat.pending).toBe(20);
  });
});
