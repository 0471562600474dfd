import { marshall } from "@aws-sdk/util-dynamodb";
import { logger } from "@petstore/core/telemetry";
import { consumeStream } from "@petstore/functions/consumers/stream";
import type { Context, DynamoDBStreamEvent } from "aws-lambda";
import { beforeEach, describe, expect, it, vi } from "vitest";

const pet = {
  id: "0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b",
  species: "dog",
  tags: [],
  status: "available",
  ownerId: "ann",
  version: 1,
  createdAt: "2026-01-02T03:04:05.678Z",
  updatedAt: "2026-01-02T03:04:05.678Z",
};

/** Returns records of pets with these names. `bad` has no image, and `other` is not a pet. */
const batchOf = (...names: string[]) =>
  ({
    Records: names.map((name, index) => ({
      eventID: name,
      dynamodb: {
        Keys: marshall({ pk: name, sk: name === "other" ? "marker" : "pet" }),
        SequenceNumber: `at-${index}`,
        ApproximateCreationDateTime: 1_767_225_600,
        ...(name !== "bad" && { NewImage: marshall({ ...pet, name }) }),
      },
    })),
  }) as unknown as DynamoDBStreamEvent;

const context = { functionName: "Consumer" } as Context;
const allDone = { batchItemFailures: [] };
const from = (itemIdentifier: string) => ({ batchItemFailures: [{ itemIdentifier }] });

const log = vi.spyOn(logger, "error").mockReturnValue();
vi.spyOn(logger, "info").mockReturnValue();

describe("consumeStream", () => {
  const handled: string[][] = [];
  beforeEach(() => {
    handled.length = 0;
    log.mockClear();
  });

  const handler = consumeStream("Consumer", {
    toTask: ({ after }) => (after?.name === "idle" ? undefined : after?.name),
    batchSize: 2,
    handle: async (batch: { task: string }[]) => {
      const tasks = batch.map(({ task }) => task);
      if (tasks.includes("fails")) throw new Error("no luck");
      handled.push(tasks);
    },
  });

  it("handles tasks in order, in batches, and skips changes without a task", async () => {
    const response = await handler(batchOf("a", "idle", "b", "other", "c"), context);
    expect(response).toEqual(allDone);
    expect(handled).toEqual([["a", "b"], ["c"]]);
    expect(log).not.toHaveBeenCalled();
  });

  it("stops at a batch that fails, and reports its first record", async () => {
    const response = await handler(batchOf("a", "b", "idle", "c", "fails", "d"), context);
    expect(response).toEqual(from("at-3"));
    expect(handled).toEqual([["a", "b"]]);
    expect(log).toHaveBeenCalledOnce();
    expect(log.mock.calls[0]?.[1]).toMatchObject({ error: { message: "no luck" }, from: "at-3" });
  });

  it("handles the records before one that cannot be read, and reports that one", async () => {
    const response = await handler(batchOf("a", "b", "c", "bad", "d"), context);
    expect(response).toEqual(from("at-3"));
    expect(handled).toEqual([["a", "b"], ["c"]]);
    expect(log).toHaveBeenCalledOnce();
  });
});
