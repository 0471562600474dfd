import { createTokenBucket, type TakeToken } from "@petstore/offline/services/apigateway/limits";
import { describe, expect, it } from "vitest";
import { createTestClock } from "../../support/clock.ts";

function createBucket(rateLimit: number, burstLimit: number) {
  const clock = createTestClock();
  return { clock, take: createTokenBucket({ rateLimit, burstLimit }, clock) };
}

/** Returns how many of `count` simultaneous requests are accepted. */
const countAccepted = (take: TakeToken, count: number) =>
  Array.from({ length: count }, take).filter(Boolean).length;

describe("a token bucket", () => {
  it("is full at first and accepts a burst, but not one request more", () => {
    const { take } = createBucket(10, 5);

    expect(countAccepted(take, 6)).toBe(5);
  });

  it("is refilled at the rate", async () => {
    const { take, clock } = createBucket(10, 5);
    countAccepted(take, 5);

    await clock.advance(99);
    expect(take()).toBe(false);
    await clock.advance(1);
    expect(countAccepted(take, 2)).toBe(1);
    await clock.advance(300);
    expect(countAccepted(take, 5)).toBe(3);
  });

  it("never holds more than the burst", async () => {
    const { take, clock } = createBucket(10, 5);
    countAccepted(take, 5);

    await clock.advance(1_000_000);
    expect(countAccepted(take, 10)).toBe(5);
  });

  it("counts fractions of a token", async () => {
    const { take, clock } = createBucket(2, 1);

    const accepted = [take()];
    for (let i = 0; i < 4; i++) {
      await clock.advance(250);
      accepted.push(take());
    }

    expect(accepted).toEqual([true, false, true, false, true]);
  });

  it("accepts nothing with a limit of 0", async () => {
    const { take, clock } = createBucket(0, 0);

    expect(countAccepted(take, 3)).toBe(0);
    await clock.advance(10_000);
    expect(countAccepted(take, 3)).toBe(0);
  });
});
