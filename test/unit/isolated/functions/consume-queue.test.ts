import { logger } from "@petstore/core/telemetry";
import { consumeQueue } from "@petstore/functions/consumers/queue";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";

const context = { functionName: "worker", awsRequestId: "request-1" } as Context;
const batch = (...bodies: string[]): SQSEvent => ({
  Records: bodies.map(
    (body, index) =>
      ({ messageId: `m${index}`, body, attributes: { ApproximateReceiveCount: "2" } }) as SQSRecord,
  ),
});

const log = vi.spyOn(logger, "error").mockReturnValue();
vi.spyOn(logger, "info").mockReturnValue();
afterEach(() => log.mockClear());

const Message = z.strictObject({ n: z.int() });

describe("consumeQueue", () => {
  it("passes every parsed message with its record", async () => {
    const seen: unknown[] = [];
    const handler = consumeQueue("Worker", Message, async (message, { messageId }) => {
      seen.push([message, messageId]);
    });
    expect(await handler(batch('{"n":1}', '{"n":2}'), context)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([
      [{ n: 1 }, "m0"],
      [{ n: 2 }, "m1"],
    ]);
    expect(log).not.toHaveBeenCalled();
  });

  it("reports the message that fails, and handles the others", async () => {
    const done: number[] = [];
    const handler = consumeQueue("Worker", Message, async ({ n }) => {
      if (n === 2) throw new Error("throttled");
      done.push(n);
    });
    expect(await handler(batch('{"n":1}', '{"n":2}', '{"n":3}'), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: "m1" }],
    });
    expect(done).toEqual([1, 3]);
  });

  it("reports all messages when all fail, and starts the next batch without that state", async () => {
    let fail = true;
    const handler = consumeQueue("Worker", Message, async () => {
      if (fail) throw new Error("throttled");
    });
    expect((await handler(batch('{"n":1}', '{"n":2}'), context)).batchItemFailures).toHaveLength(2);
    fail = false;
    expect(await handler(batch('{"n":1}'), context)).toEqual({ batchItemFailures: [] });
  });
});

it.each([
  ["not JSON", "a secret", "The message is not JSON."],
  [
    "not of the schema",
    '{"of":1,"n":"a secret"}',
    "The message does not match its schema: /n Invalid input: expected number, received string; /of is unknown",
  ],
])("logs one line without the text of a message that is %s", async (_, body, why) => {
  const handle = vi.fn();
  const answer = await consumeQueue("Worker", Message, handle)(batch(body), context);
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: "m0" }]);
  expect(handle).not.toHaveBeenCalled();
  expect(log.mock.calls).toEqual([
    ["message failed", { error: new Error(why), messageId: "m0", receiveCount: 2 }],
  ]);
});
