import { createSampler } from "@petstore/offline/services/lambda/sampling";
import { expect, it } from "vitest";

it("takes the first of each second, and a share of those beyond", () => {
  let now = 1_000;
  let drawn = 0;
  const sample = createSampler({
    reservoir: 2,
    rate: 0.25,
    now: () => now,
    // 0, 0.1, 0.2, …
    random: () => drawn++ / 10,
  });
  const decisions = (count: number) => Array.from({ length: count }, sample);

  expect(decisions(6)).toEqual([true, true, true, true, true, false]);
  now += 999;
  expect(decisions(2)).toEqual([false, false]);
  now += 1;
  expect(decisions(3)).toEqual([true, true, false]);
});
