import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { MAX_INSTANCES } from "@petstore/offline/services/lambda/process/pool";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { done, failed, pollerOf, queue, queueWithDlq, sqsWith } from "./poller-harness.ts";

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

/** The tests wait for what happens next, not for time to pass. */
const eventually = { timeout: 10_000, interval: 20 };

/** SQS, as if it failed at the first call of each operation. */
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
    const passedOn = request(sqsEndpoint, { method, headers }, (answer) => answer.pipe(response));
    response.once("close", () => passedOn.destroy());
    incoming.pipe(passedOn.once("error", () => {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("a function gets the event that Lambda would give it", async () => {
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

it("of ten messages, the poison one ends in the dead-letter queue and delays no other", async () => {
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

it("many messages come once each, in full batches", async () => {
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
    const answer = () => released.then(() => done);

    const poller = pollerOf(work, sqs.endpoint, answer, { batchSize: 1, ...options });
    await poller.until(() => poller.invocations.length === most);

    // A poller that received more would have done so by the time these calls return.
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

    const poller = pollerOf(work, sqs.endpoint, () => new Promise(() => {}), { batchSize: 1 });
    await poller.until(() => poller.invocations.length === 8);

    const at = poller.invocations.map((invocation) => invocation.at);
    const [fifth = 0, sixth = 0, seventh = 0, eighth = 0] = at.slice(4);
    // A timer may fire a millisecond early.
    for (const wait of [sixth - fifth, seventh - sixth, eighth - seventh]) {
      expect(wait).toBeGreaterThan(150);
    }
  });
});

it("a batching window gathers more than one receive brings", async () => {
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

it("a batching window that runs out sends what there is", async () => {
  const work = queue("work", { VisibilityTimeout: "30" });
  const sqs = await sqsWith([work]);
  await sqs.send(work, "a");
  const poller = pollerOf(work, sqs.endpoint, () => done, { batchingWindowSeconds: 1 });
  await sqs.send(work, "b");
  await poller.until(() => poller.invocations.length > 0);
  expect(poller.bodies()).toEqual(["a", "b"]);
});

it("messages that no filter wants are deleted unseen", async () => {
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

it("a filter that is not valid is the user's to correct", async () => {
  const work = queue("work");
  const start = () => pollerOf(work, "http://127.0.0.1:9", () => done, { filters: ["{"] });
  expect(start).toThrow(UserError);
});

it.each([
  ["an error", { kind: "error", errorType: "Error", errorMessage: "no" }, []],
  [
    "an unknown message",
    { kind: "response", payload: '{"batchItemFailures":[{"itemIdentifier":"x"}]}' },
    [
      "All 2 messages of work failed: its batchItemFailures name a message that is not in the batch",
    ],
  ],
] as const)("%s leaves all of the batch for another time", async (_, result, lines) => {
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

it("a throttled batch is tried again, and none of its receives is lost", async () => {
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

it("a batch that stays throttled is given up when it is no longer the poller's", async () => {
  const { work, dlq } = queueWithDlq(1);
  const sqs = await sqsWith([work, dlq]);
  pollerOf(work, sqs.endpoint, () => ({ kind: "throttled" }));
  await sqs.send(work, "a");
  await vi.waitFor(async () => expect(await sqs.counts(dlq)).toEqual([1, 0]), eventually);
});

it("messages of a group in a FIFO queue come in order, past failures too", async () => {
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

it("messages too large for one event come in several", async () => {
  const work = queue("work", { VisibilityTimeout: "30" });
  const sqs = await sqsWith([work]);
  const body = "x".repeat(1_000_000);
  await sqs.send(work, ...Array.from({ length: 8 }, () => body));
  const poller = pollerOf(work, sqs.endpoint, () => done);
  await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
  expect(poller.invocations.map(({ records }) => records.length)).toEqual([6, 2]);
});

it("a queue that fails is asked again, and nothing is lost or comes twice", async () => {
  const work = queue("work", { VisibilityTimeout: "30" });
  const sqs = await sqsWith([work]);
  const endpoint = await failingFirst(sqs.endpoint);
  const poller = pollerOf(work, endpoint, () => done);
  await sqs.send(work, "a");
  await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([0, 0]), eventually);
  expect(poller.bodies()).toEqual(["a"]);
  expect(poller.lines).toEqual(["Cannot receive from work: not now"]);
});

it("close waits for the invocation under way, and takes no more messages", async () => {
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

it("close does not wait for ever, and what is not finished stays", async () => {
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
