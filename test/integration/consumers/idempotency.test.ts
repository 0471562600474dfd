import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { engines } from "../dynamodb/harness.ts";
import { startTable } from "./harness.ts";

type Idempotency = typeof import("@petstore/functions/notify/idempotency");

describe.each(engines)("runOncePerKey on %s", (engine) => {
  let runOncePerKey: Idempotency["runOncePerKey"];
  const invocation = { remaining: 60_000 };
  const action = vi.fn(async (_key: string, _word: string) => {});
  let key: string;

  beforeAll(async () => {
    await startTable(engine);
    const module = await import("@petstore/functions/notify/idempotency");
    runOncePerKey = module.runOncePerKey;
    const context = { getRemainingTimeInMillis: () => invocation.remaining };
    type Registered = Parameters<typeof module.idempotency.registerLambdaContext>[0];
    module.idempotency.registerLambdaContext(context as Registered);
  });
  beforeEach(() => {
    key = randomUUID();
    invocation.remaining = 60_000;
    action.mockReset();
  });

  it("runs the action once per key", async () => {
    const runOnce = runOncePerKey("test", action);

    await runOnce(key, "first");
    await runOnce(key, "second");
    await runOnce(randomUUID(), "other");

    expect(action.mock.calls.map(([, word]) => word)).toEqual(["first", "other"]);
  });

  it("runs the action again after it failed", async () => {
    const runOnce = runOncePerKey("test", action);
    action.mockRejectedValueOnce(new Error("no luck"));

    await expect(runOnce(key, "first")).rejects.toThrow("no luck");
    await runOnce(key, "second");
    await runOnce(key, "third");

    expect(action.mock.calls.map(([, word]) => word)).toEqual(["first", "second"]);
  });

  it("does not run the action twice at the same time", async () => {
    const runOnce = runOncePerKey("test", action);
    action.mockImplementationOnce(async () => {
      await expect(runOnce(key, "second")).rejects.toThrow(/in progress/);
    });

    await runOnce(key, "first");

    expect(action).toHaveBeenCalledOnce();
  });

  it("runs the action again after a worker died and its remaining time has passed", async () => {
    const runOnce = runOncePerKey("test", action);
    const never = new Promise<never>(() => {});
    invocation.remaining = 50;
    await new Promise<void>((started) => {
      action.mockImplementationOnce(() => {
        started();
        return never;
      });
      runOnce(key, "first");
    });

    await vi.waitFor(() => runOnce(key, "second"), { timeout: 5_000, interval: 20 });

    expect(action.mock.calls.map(([, word]) => word)).toEqual(["first", "second"]);
  });
});
