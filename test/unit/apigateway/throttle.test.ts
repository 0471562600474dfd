import { tokenBucket } from "@petstore/offline/services/apigateway/throttle";
import { expect, it } from "vitest";

/** How many of `count` requests at one moment pass. */
function passed(take: (now: number) => boolean, now: number, count: number) {
  return Array.from({ length: count }, () => take(now)).filter(Boolean).length;
}

it("begins full: a burst passes, one more does not", () => {
  const take = tokenBucket({ rateLimit: 10, burstLimit: 5 });
  expect(passed(take, 1000, 6)).toBe(5);
});

it("refills at the rate", () => {
  const take = tokenBucket({ rateLimit: 10, burstLimit: 5 });
  passed(take, 0, 5);
  expect(take(99)).toBe(false);
  expect(passed(take, 100, 2)).toBe(1);
  expect(passed(take, 400, 5)).toBe(3);
});

it("never holds more than the burst", () => {
  const take = tokenBucket({ rateLimit: 10, burstLimit: 5 });
  passed(take, 0, 5);
  expect(passed(take, 1_000_000, 10)).toBe(5);
});

it("keeps fractions of a token", () => {
  const take = tokenBucket({ rateLimit: 2, burstLimit: 1 });
  expect([0, 250, 500, 750, 1000].map((now) => take(now))).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});

it("a limit of 0 lets nothing through", () => {
  const take = tokenBucket({ rateLimit: 0, burstLimit: 0 });
  expect(passed(take, 0, 3) + passed(take, 10_000, 3)).toBe(0);
});
