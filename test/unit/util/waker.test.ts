import { systemClock } from "@petstore/offline/util/clock";
import { createWaker } from "@petstore/offline/util/waker";
import { describe, expect, it } from "vitest";

const HOUR = 3_600_000;

describe("createWaker", () => {
  it("ends all sleeps", async () => {
    const waker = createWaker(new AbortController().signal, systemClock);
    const sleeps = [waker.sleep(HOUR, waker.count()), waker.sleep(HOUR, waker.count())];
    waker.wake();
    await Promise.all(sleeps);
  });

  it("does not sleep if it was woken since the count was read, but later sleeps do", async () => {
    const waker = createWaker(new AbortController().signal, systemClock);
    const count = waker.count();
    waker.wake();
    await waker.sleep(HOUR, count);
    let woke = false;
    const next = waker.sleep(HOUR, waker.count()).then(() => (woke = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(woke).toBe(false);
    waker.wake();
    await next;
  });

  it("rejects running and later sleeps after an abort", async () => {
    const controller = new AbortController();
    const waker = createWaker(controller.signal, systemClock);
    const sleeping = waker.sleep(HOUR, waker.count());
    controller.abort();
    await expect(sleeping).rejects.toThrow(/aborted/);
    await expect(waker.sleep(HOUR, waker.count())).rejects.toThrow(/aborted/);
  });
});
