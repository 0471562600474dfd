import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { engines } from "../dynamodb/harness.ts";
import { startTable } from "./harness.ts";

describe.each(engines)("what is done once, on %s", (engine) => {
  let once: typeof import("@petstore/functions/notify/idempotency").once;
  const invocation = { remaining: 60_000 };
  const act = vi.fn(async (_key: string, _word: string) => {});
  let key: string;

  beforeAll(async () => {
    await startTable(engine);
    const module = await import("@petstore/functions/notify/idempotency");
    once = module.once;
    const context = { getRemainingTimeInMillis: () => invocation.remaining };
    type Registered = Parameters<typeof module.idempotency.registerLambdaContext>[0];
    module.idempotency.registerLambdaContext(context as Registered);
  });
  beforeEach(() => {
    key = randomUUID();
    invocation.remaining = 60_000;
    act.mockReset();
  });

  it("is not done again", async () => {
    const actOnce = once("test", act);
    await actOnce(key, "first");
    await actOnce(key, "second");
    await actOnce(randomUUID(), "other");
    expect(act.mock.calls.map(([, word]) => word)).toEqual(["first", "other"]);
  });

  it("is done again after it failed", async () => {
    const actOnce = once("test", act);
    act.mockRejectedValueOnce(new Error("no luck"));
    await expect(actOnce(key, "first")).rejects.toThrow("no luck");
    await actOnce(key, "second");
    await actOnce(key, "third");
    expect(act.mock.calls.map(([, word]) => word)).toEqual(["first", "second"]);
  });

  it("is not done by two at a time", async () => {
    const actOnce = once("test", act);
    act.mockImplementationOnce(async () => {
      await expect(actOnce(key, "second")).rejects.toThrow(/in progress/);
    });
    await actOnce(key, "first");
    expect(act).toHaveBeenCalledOnce();
  });

  it("is done by another when its worker has died, as soon as that had no time left", async () => {
    const actOnce = once("test", act);
    const died = new Promise<never>(() => {});
    invocation.remaining = 50;
    await new Promise<void>((begun) => {
      act.mockImplementationOnce(() => {
        begun();
        return died;
      });
      actOnce(key, "first");
    });
    await vi.waitFor(() => actOnce(key, "second"), { timeout: 5_000, interval: 20 });
    expect(act.mock.calls.map(([, word]) => word)).toEqual(["first", "second"]);
  });
});
