import { marshall } from "@aws-sdk/util-dynamodb";
import { logger } from "@petstore/core/telemetry";
import { consume } from "@petstore/functions/consumers/stream";
import type { Context, DynamoDBStreamEvent } from "aws-lambda";
import { beforeEach, describe, expect, it, vi } from "vitest";

/** Pets named after their place in the batch. What is named `bad` has no image; `other` is no pet. */
const batch = (...names: string[]) =>
  ({
    Records: names.map((name, index) => ({
      eventID: name,
      dynamodb: {
        Keys: marshall({ pk: name, sk: name === "other" ? "marker" : "pet" }),
        SequenceNumber: `at-${index}`,
        ApproximateCreationDateTime: 1_767_225_600,
        ...(name !== "bad" && { NewImage: marshall({ name }) }),
      },
    })),
  }) as unknown as DynamoDBStreamEvent;

const context = { functionName: "Consumer" } as Context;
const allDone = { batchItemFailures: [] };
const from = (itemIdentifier: string) => ({ batchItemFailures: [{ itemIdentifier }] });

const log = vi.spyOn(logger, "error").mockReturnValue();
vi.spyOn(logger, "info").mockReturnValue();

describe("a consumer of the stream", () => {
  const handled: string[][] = [];
  beforeEach(() => {
    handled.length = 0;
    log.mockClear();
  });

  const handler = consume("Consumer", {
    take: ({ after }) => (after?.name === "idle" ? undefined : after?.name),
    size: 2,
    handle: async (shares: { task: string }[]) => {
      const tasks = shares.map(({ task }) => task);
      if (tasks.includes("fails")) throw new Error("no luck");
      handled.push(tasks);
    },
  });

  it("does tasks in order, so many at a time, and passes over what asks for nothing", async () => {
    const answer = await handler(batch("a", "idle", "b", "other", "c"), context);
    expect(answer).toEqual(allDone);
    expect(handled).toEqual([["a", "b"], ["c"]]);
    expect(log).not.toHaveBeenCalled();
  });

  it("stops at tasks that fail: the stream comes again from the first of them", async () => {
    const answer = await handler(batch("a", "b", "idle", "c", "fails", "d"), context);
    expect(answer).toEqual(from("at-3"));
    expect(handled).toEqual([["a", "b"]]);
    expect(log).toHaveBeenCalledOnce();
    expect(log.mock.calls[0]?.[1]).toMatchObject({ error: { message: "no luck" }, from: "at-3" });
  });

  it("does what stands before a record that makes no sense, and reports that", async () => {
    const answer = await handler(batch("a", "b", "c", "bad", "d"), context);
    expect(answer).toEqual(from("at-3"));
    expect(handled).toEqual([["a", "b"], ["c"]]);
    expect(log).toHaveBeenCalledOnce();
  });
});
