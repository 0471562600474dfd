import { createWaker } from "@petstore/offline/util/waker";
import { expect, it } from "vitest";

const HOUR = 3_600_000;

it("a wake ends all sleeps", async () => {
  const waker = createWaker(new AbortController().signal);
  const sleeps = [waker.sleep(HOUR, waker.now()), waker.sleep(HOUR, waker.now())];
  waker.wake();
  await Promise.all(sleeps);
});

it("a wake from before the sleep is not slept over, and then forgotten", async () => {
  const waker = createWaker(new AbortController().signal);
  const moment = waker.now();
  waker.wake();
  await waker.sleep(HOUR, moment);
  let woke = false;
  const next = waker.sleep(HOUR, waker.now()).then(() => (woke = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(woke).toBe(false);
  waker.wake();
  await next;
});

it("an abort ends a sleep, and any later one", async () => {
  const controller = new AbortController();
  const waker = createWaker(controller.signal);
  const sleeping = waker.sleep(HOUR, waker.now());
  controller.abort();
  await expect(sleeping).rejects.toThrow(/aborted/);
  await expect(waker.sleep(HOUR, waker.now())).rejects.toThrow(/aborted/);
});
