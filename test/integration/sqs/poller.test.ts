import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { MAX_INSTANCES } from "@petstore/offline/runtime/invocation";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createTestClock } from "../../support/clock.ts";
import { done, failed, pollerOf, queue, queueWithDlq, sqsWith } from "./poller-harness.ts";

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

const eventually = { timeout: 10_000, interval: 20 };

/** Starts a proxy of SQS that fails the first call of each operation. */
async function failingFirst(sqsEndpoint: string): Promise<string> {
  const seen = new Set<unknown>();
  const server = createServer((incoming, response) => {
    const { method, headers } = incoming;
    if (!seen.has(headers["x-amz-target"])) {
      seen.add(headers["x-amz-target"]);
      const error = { __type: "com.amazonaws.sqs#InternalFailure", message: "not now" };
      response.writeHead(500).end(JSON.stringify(error));
      return;
    }
    const forwarded = request(sqsEndpoint, { method, headers }, (result) => result.pipe(response));
    response.once("close", () => forwarded.destroy());
    incoming.pipe(forwarded.once("error", () => {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the queue poller", () => {
  it("invokes the function with the event that Lambda documents", async () => {
    const work = queue("work");
    const sqs = await sqsWith([work]);
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
    const before = Date.now();
    await sqs.call("SendMessage", {
      QueueUrl: work.url,
      MessageBody: '{"a":1}',
      MessageAttributes: {
        kind: { DataType: "String", StringValue: "pet" },
        bytes: { DataType: "Binary", BinaryValue: "AQI=" },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace } },
    });
    const poller = pollerOf(work, sqs.endpoint, () => done);
    await poller.until(() => poller.invocations.length === 1);

    const { records, traceHeader } = poller.invocations[0] as (typeof poller.invocations)[0];
    expect(traceHeader).toBe(trace);
    expect(records).toEqual([
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.any(String),
        body: '{"a":1}',
        attributes: {
          ApproximateReceiveCount: "1",
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          AWSTraceHeader: trace,
        },
        messageAttributes: {
          kind: {
            stringValue: "pet",
            stringListValues: [],
            binaryListValues: [],
            dataType: "String",
          },
          bytes: {
            binaryValue: "AQI=",
            stringListValues: [],
            binaryListValues: [],
            dataType: "Binary",
          },
        },
        md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
        md5OfBody: "bb6cb5c68df4652941caf652a366f2d8",
        eventSource: "aws:sqs",
        eventSourceARN: work.arn,
        awsRegion: "eu-west-1",
      },
    ]);
    expect(Number(records[0]?.attributes.SentTimestamp)).toBeGreaterThanOrEqual(before);
  });

  it("moves a poison message to the dead-letter queue without delaying the others", async () => {
    const { work, dlq } = queueWithDlq(2);
    const sqs = await sqsWith([work, dlq]);
    const done: string[] = [];
    const poller = pollerOf(work, sqs.endpoint, ({ records }) => {
      const poison = records.filter(({ body }) => body === "7");
      done.push(...records.filter((record) => !poison.includes(record)).map(({ body }) => body));
      return failed(...poison);
    });
    await sqs.call("SendMessageBatch", {
      QueueUrl: work.url,
      Entries: numbers(0, 9).map((body) => ({ Id: body, MessageBody: body })),
    });
    await poller.until(() => done.length === 9);
    expect(poller.invocations).toHaveLength(1);

    await vi.waitFor(async () => expect(await sqs.counts(dlq)).toEqual([1, 0]), eventually);
    expect(done.toSorted()).toEqual(numbers(0, 9).filter((body) => body !== "7"));
    const poison = poller.invocations.flatMap(({ records }) =>
      records.filter(({ body }) => body === "7"),
    );
    expect(poison.map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual(["1", "2"]);
    expect(await sqs.counts(work)).toEqual([0, 0]);

    const [dead] = await sqs.receive(dlq);
    expect(dead).toMatchObject({ Body: "7", Attributes: { ApproximateReceiveCount: "3" } });
    expect(dead?.MessageId).toBe(poison[0]?.messageId);
  });

  it("delivers many messages once each, in full batches", async () => {
    const work = queue("work", { VisibilityTimeout: "30" });
    const sqs = await sqsWith([work]);
    await sqs.send(work, ...numbers(0, 99));
    const poller = pollerOf(work, sqs.endpoint, () => done, { batchSize: 4 });
    await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
    expect(poller.bodies()).toEqual(numbers(0, 99));
    for (const { records } of poller.invocations) expect(records).toHaveLength(4);
  });

  describe("a poller whose function does not finish", () => {
    it.each([
      ["the mapping's maximum concurrency", { maximumConcurrency: 3 }, 3],
      ["the mapping's maximum concurrency, over the first five", { maximumConcurrency: 7 }, 7],
      ["the processes of a function offline, without a maximum", {}, MAX_INSTANCES],
      ["the processes of a function offline", { maximumConcurrency: 1_000 }, MAX_INSTANCES],
    ])("receives no more batches than %s", async (_, options, most) => {
      const work = queue("work", { VisibilityTimeout: "30" });
      const sqs = await sqsWith([work]);
      await sqs.send(work, ...numbers(1, 20));
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const respond = () => released.then(() => done);

      const poller = pollerOf(work, sqs.endpoint, respond, { batchSize: 1, ...options });
      await poller.until(() => poller.invocations.length === most);

      // A poller that received more would do so before these calls return.
      for (let calls = 0; calls < 20; calls++) {
        expect(await sqs.counts(work)).toEqual([20 - most, most]);
      }
      release();
      await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
      expect(poller.bodies()).toEqual(numbers(1, 20));
    });

    it("starts with five batches at a time, and adds five a second", async () => {
      const work = queue("work", { VisibilityTimeout: "30" });
      const sqs = await sqsWith([work]);
      await sqs.send(work, ...numbers(1, 8));
      const clock = createTestClock();
      const never = () => new Promise<never>(() => {});

      const poller = pollerOf(work, sqs.endpoint, never, { batchSize: 1 }, clock);

      for (const batches of [5, 6, 7, 8]) {
        await poller.until(() => poller.invocations.length === batches);
        await clock.advance(199);
        expect(await sqs.counts(work)).toEqual([8 - batches, batches]);
        await clock.advance(1);
      }
    });
  });

  it("fills a batch within its window from several receives", async () => {
    const work = queue("work");
    const sqs = await sqsWith([work]);
    await sqs.send(work, ...numbers(1, 12));
    const poller = pollerOf(work, sqs.endpoint, () => done, {
      batchSize: 12,
      batchingWindowSeconds: 20,
    });
    await poller.until(() => poller.invocations.length > 0);
    expect(poller.bodies()).toEqual(numbers(1, 12));
  });

  it("delivers an incomplete batch at the end of its window", async () => {
    const work = queue("work", { VisibilityTimeout: "30" });
    const sqs = await sqsWith([work]);
    await sqs.send(work, "a");
    const poller = pollerOf(work, sqs.endpoint, () => done, { batchingWindowSeconds: 1 });
    await sqs.send(work, "b");
    await poller.until(() => poller.invocations.length > 0);
    expect(poller.bodies()).toEqual(["a", "b"]);
  });

  it("deletes messages that match no filter, without an invocation", async () => {
    const work = queue("work");
    const sqs = await sqsWith([work]);
    const filters = ['{"body":{"species":["cat"]}}', '{"body":{"age":[{"numeric":[">",10]}]}}'];
    const cat = '{"species":"cat","age":1}';
    const oldDog = '{"species":"dog","age":11}';
    await sqs.send(work, '{"species":"dog","age":2}', cat, "cat", "[", oldDog);
    const poller = pollerOf(work, sqs.endpoint, () => done, { filters });
    await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
    expect(poller.bodies()).toEqual([cat, oldDog]);
  });

  it("throws a UserError for an invalid filter", async () => {
    const work = queue("work");
    const start = () => pollerOf(work, "http://127.0.0.1:9", () => done, { filters: ["{"] });
    expect(start).toThrow(UserError);
  });

  it.each([
    ["an error", { kind: "error", errorType: "Error", errorMessage: "no" }, []],
    [
      "an unknown message",
      { kind: "response", payload: '{"batchItemFailures":[{"itemIdentifier":"x"}]}' },
      ["All 2 messages of work failed: batchItemFailures names a message that is not in the batch"],
    ],
  ] as const)("%s fails the whole batch, which is received again", async (_, result, lines) => {
    const work = queue("work");
    const sqs = await sqsWith([work]);
    await sqs.call("SendMessageBatch", {
      QueueUrl: work.url,
      Entries: ["a", "b"].map((body) => ({ Id: body, MessageBody: body })),
    });
    const poller = pollerOf(work, sqs.endpoint, () =>
      poller.invocations.length > 1 ? done : result,
    );
    await poller.until(() => poller.bodies().length === 4);
    expect(poller.bodies()).toEqual(["a", "b", "a", "b"]);
    expect(poller.lines).toEqual(lines);
    const [first = 0, second = 0] = poller.invocations.map(({ at }) => at);
    expect(second - first).toBeGreaterThan(900);
  });

  it("repeats a throttled invocation without another receive", async () => {
    const work = queue("work", { VisibilityTimeout: "30" });
    const sqs = await sqsWith([work]);
    const poller = pollerOf(work, sqs.endpoint, () =>
      poller.invocations.length > 3 ? done : { kind: "throttled" },
    );
    await sqs.send(work, "a");
    await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
    const counts = poller.invocations.map(
      ({ records }) => records[0]?.attributes.ApproximateReceiveCount,
    );
    expect(counts).toEqual(["1", "1", "1", "1"]);
  });

  it("gives up a throttled batch after the visibility timeout", async () => {
    const { work, dlq } = queueWithDlq(1);
    const sqs = await sqsWith([work, dlq]);
    pollerOf(work, sqs.endpoint, () => ({ kind: "throttled" }));
    await sqs.send(work, "a");
    await vi.waitFor(async () => expect(await sqs.counts(dlq)).toEqual([1, 0]), eventually);
  });

  it("delivers the messages of a FIFO group in order, also after failures", async () => {
    const work = queue("work.fifo", { FifoQueue: "true", ContentBasedDeduplication: "true" });
    const sqs = await sqsWith([work]);
    for (const MessageBody of ["1", "2", "3", "3"]) {
      await sqs.call("SendMessage", { QueueUrl: work.url, MessageBody, MessageGroupId: "a" });
    }
    const poller = pollerOf(work, sqs.endpoint, ({ records }) =>
      failed(...(poller.invocations.length === 2 ? records : [])),
    );
    await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
    expect(poller.bodies()).toEqual(["1", "2", "2", "3"]);
    expect(poller.invocations[0]?.records[0]?.attributes).toMatchObject({ MessageGroupId: "a" });
  });

  it("splits messages that are too large for one event", async () => {
    const work = queue("work", { VisibilityTimeout: "30" });
    const sqs = await sqsWith([work]);
    const body = "x".repeat(1_000_000);
    await sqs.send(work, ...Array.from({ length: 8 }, () => body));
    const poller = pollerOf(work, sqs.endpoint, () => done);
    await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
    expect(poller.invocations.map(({ records }) => records.length)).toEqual([6, 2]);
  });

  it("retries failed calls of SQS without loss or duplicates", async () => {
    const work = queue("work", { VisibilityTimeout: "30" });
    const sqs = await sqsWith([work]);
    const endpoint = await failingFirst(sqs.endpoint);
    const poller = pollerOf(work, endpoint, () => done);
    await sqs.send(work, "a");
    await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
    expect(poller.bodies()).toEqual(["a"]);
    expect(poller.lines).toEqual(["Cannot receive from work: not now"]);
  });

  it("waits in close for the running invocation, and receives no more messages", async () => {
    const work = queue("work", { VisibilityTimeout: "30" });
    const sqs = await sqsWith([work]);
    let finish = () => {};
    const poller = pollerOf(work, sqs.endpoint, async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return done;
    });
    await sqs.send(work, "under way");
    await poller.until(() => poller.invocations.length === 1);
    const closed = poller.close();
    await sqs.send(work, "too late");
    finish();
    await closed;
    expect(await sqs.counts(work)).toEqual([1, 0]);
    expect(poller.bodies()).toEqual(["under way"]);
  });

  it("closes although an invocation does not finish, whose messages stay in the queue", async () => {
    const work = queue("work", { VisibilityTimeout: "30" });
    const sqs = await sqsWith([work]);
    const poller = pollerOf(work, sqs.endpoint, () => new Promise(() => {}), {
      maximumConcurrency: 2,
      batchSize: 1,
    });
    await sqs.send(work, "a", "b", "c");
    await poller.until(() => poller.invocations.length === 2);
    await poller.close();
    expect(await sqs.counts(work)).toEqual([1, 2]);
  });
});
