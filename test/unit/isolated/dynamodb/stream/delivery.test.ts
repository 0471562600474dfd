import type { EventSourceMapping } from "@petstore/offline/runtime/event-source";
import type { InvokeResult } from "@petstore/offline/runtime/invocation";
import { deliver } from "@petstore/offline/services/dynamodb/stream/delivery";
import { backoff } from "@petstore/offline/util/backoff";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  failed,
  mapping,
  ok,
  queueArn,
  report,
} from "../../../../integration/dynamodb/stream/harness.ts";

vi.mock("@petstore/offline/util/backoff", () => ({ backoff: vi.fn() }));
beforeEach(() => void vi.mocked(backoff).mockClear());
const pauses = () => vi.mocked(backoff).mock.calls.map(([attempt]) => attempt);

const NOW = Date.now();
const records = (...names: string[]) =>
  names.map((name) => ({ sequenceNumber: name, createdAt: NOW, json: JSON.stringify(name) }));
const throttled: InvokeResult = { kind: "throttled" };

/** Delivers the records a, b, c, … to a function that answers as told. */
async function run(
  batch: ReturnType<typeof records>,
  changes: Partial<EventSourceMapping>,
  answer: (names: string[], call: number) => InvokeResult,
  options: { agesFrom?: number; send?: () => void; signal?: AbortSignal } = {},
) {
  const calls: string[] = [];
  const done: string[] = [];
  const messages: string[] = [];
  const outcome = deliver(batch, {
    source: mapping({ onFailureArn: queueArn, ...changes }),
    shardId: "shard-1",
    agesFrom: options.agesFrom ?? 0,
    async invoke(_, payload) {
      const names = JSON.parse(payload).Records;
      calls.push(names.join(""));
      return answer(names, calls.length);
    },
    async sendToQueue(arn, body) {
      options.send?.();
      expect(arn).toBe(queueArn);
      messages.push(body);
    },
    done: (sequenceNumber) => done.push(sequenceNumber),
    log: () => {},
    signal: options.signal ?? new AbortController().signal,
  });
  await outcome;
  return { calls, done, messages: messages.map((body) => JSON.parse(body)) };
}

const failing = (poison: string) => (names: string[]) => (names.includes(poison) ? failed : ok);
const reporting = (poison: string) => (names: string[]) =>
  names.includes(poison) ? report(poison) : ok;

it("a batch that succeeds is done at its last record", async () => {
  const { calls, done, messages } = await run(records("a", "b", "c"), {}, () => ok);
  expect({ calls, done, messages }).toEqual({ calls: ["abc"], done: ["c"], messages: [] });
});

it("a batch that fails is repeated as it was, with growing pauses", async () => {
  const { calls, done } = await run(records("a", "b"), {}, (_, call) => (call < 5 ? failed : ok));
  expect(calls).toEqual(["ab", "ab", "ab", "ab", "ab"]);
  expect(done).toEqual(["b"]);
  expect(pauses()).toEqual([0, 1, 2, 3]);
});

it.each([0, 1, 3])("%i retries, then the queue hears of it", async (maximumRetryAttempts) => {
  const { calls, done, messages } = await run(
    records("a", "b"),
    { maximumRetryAttempts },
    () => failed,
  );
  expect(calls).toHaveLength(1 + maximumRetryAttempts);
  expect(done).toEqual(["b"]);
  expect(messages).toMatchObject([
    {
      requestContext: {
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: 1 + maximumRetryAttempts,
      },
    },
  ]);
});

it("without an on-failure queue the records are dropped", async () => {
  const batch = records("a");
  const done: string[] = [];
  await deliver(batch, {
    source: mapping({ maximumRetryAttempts: 0 }),
    shardId: "shard-1",
    agesFrom: 0,
    invoke: async () => failed,
    sendToQueue: () => Promise.reject(new Error("there is no queue")),
    done: (sequenceNumber) => done.push(sequenceNumber),
    log: () => {},
    signal: new AbortController().signal,
  });
  expect(done).toEqual(["a"]);
});

it("throttling is no attempt", async () => {
  const { calls, messages } = await run(records("a"), { maximumRetryAttempts: 0 }, (_, call) =>
    call < 4 ? throttled : ok,
  );
  expect(calls).toHaveLength(4);
  expect(messages).toEqual([]);
  expect(pauses()).toEqual([0, 1, 2]);
});

describe("bisection", () => {
  const changes = { bisectOnError: true, maximumRetryAttempts: 1 };

  it("isolates the record that fails; the others are done, in order", async () => {
    const batch = records(..."abcdefgh");
    const { calls, done, messages } = await run(batch, changes, failing("f"));
    expect(calls).toEqual(["abcdefgh", "abcd", "efgh", "ef", "e", "f", "f", "gh"]);
    expect(done).toEqual(["d", "e", "f", "h"]);
    expect(messages).toMatchObject([
      { DDBStreamBatchInfo: { startSequenceNumber: "f", endSequenceNumber: "f", batchSize: 1 } },
    ]);
  });

  it("splits at the record that the function reports", async () => {
    const both = { ...changes, partialResponses: true };
    const { calls, done, messages } = await run(records(..."abcdefgh"), both, reporting("f"));
    expect(calls).toEqual(["abcdefgh", "fgh", "f", "f", "gh"]);
    expect(done).toEqual(["e", "f", "h"]);
    expect(messages).toHaveLength(1);
  });

  it("is no retry", async () => {
    const none = { bisectOnError: true, maximumRetryAttempts: 0 };
    const { messages } = await run(records(..."abcd"), none, failing("a"));
    expect(messages).toMatchObject([{ DDBStreamBatchInfo: { batchSize: 1 } }]);
  });
});

describe("partial responses", () => {
  const changes = { partialResponses: true };

  it("the lowest sequence number is where the retry begins", async () => {
    const { calls, done } = await run(records(..."abcde"), changes, (_, call) =>
      call === 1 ? report("d", "b", "e") : ok,
    );
    expect(calls).toEqual(["abcde", "bcde"]);
    expect(done).toEqual(["a", "e"]);
  });

  it("progress begins the retries anew", async () => {
    const one = { ...changes, maximumRetryAttempts: 1 };
    const { calls, messages } = await run(records(..."abc"), one, ([first], call) =>
      call % 2 === 1 ? report(first as string) : report("bc"[call / 2 - 1] ?? ""),
    );
    expect(calls).toEqual(["abc", "abc", "bc", "bc", "c", "c"]);
    expect(messages).toMatchObject([{ DDBStreamBatchInfo: { startSequenceNumber: "c" } }]);
  });

  it("they mean nothing unless the mapping asks for them", async () => {
    const { calls, done } = await run(records("a", "b"), {}, () => report("a"));
    expect({ calls, done }).toEqual({ calls: ["ab"], done: ["b"] });
  });
});

describe("age", () => {
  const minute = { maximumRecordAgeSeconds: 60 };
  const old = () => records("a", "b").map((record) => ({ ...record, createdAt: NOW - 120_000 }));

  it("records that are too old are given up before they are tried", async () => {
    const { calls, done, messages } = await run([...old(), ...records("c")], minute, () => ok);
    expect(calls).toEqual(["c"]);
    expect(done).toEqual(["b", "c"]);
    expect(messages).toMatchObject([
      {
        requestContext: { condition: "RecordAgeExceeded" },
        DDBStreamBatchInfo: { endSequenceNumber: "b", batchSize: 2 },
      },
    ]);
    expect(messages[0].responseContext).toBeUndefined();
  });

  it("they do not age before somebody could deliver them", async () => {
    const { calls } = await run(old(), minute, () => ok, { agesFrom: NOW - 10_000 });
    expect(calls).toEqual(["ab"]);
  });

  it("-1 is for ever", async () => {
    expect((await run(old(), {}, () => ok)).calls).toEqual(["ab"]);
  });
});

it("the records are not done before the queue has the message", async () => {
  let attempts = 0;
  const { done } = await run(records("a"), { maximumRetryAttempts: 0 }, () => failed, {
    send() {
      if (++attempts < 3) throw new Error("the queue is away");
    },
  });
  expect(attempts).toBe(3);
  expect(done).toEqual(["a"]);
});

it("after close nothing is invoked, sent or done", async () => {
  const controller = new AbortController();
  let calls = 0;
  const outcome = run(
    records("a"),
    { maximumRetryAttempts: 5 },
    () => {
      calls++;
      controller.abort();
      return failed;
    },
    { signal: controller.signal },
  );
  await expect(outcome).rejects.toThrow(/aborted/);
  expect(calls).toBe(1);
});

it("the message is what AWS documents", async () => {
  const [message] = (await run(records("a", "b"), { maximumRetryAttempts: 0 }, () => failed))
    .messages;
  const seconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
  expect(message).toEqual({
    requestContext: {
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionArn: mapping().functionArn,
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: 1,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: "$LATEST",
      functionError: "Unhandled",
    },
    version: "1.0",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    DDBStreamBatchInfo: {
      shardId: "shard-1",
      startSequenceNumber: "a",
      endSequenceNumber: "b",
      approximateArrivalOfFirstRecord: expect.stringMatching(seconds),
      approximateArrivalOfLastRecord: expect.stringMatching(seconds),
      batchSize: 2,
      streamArn: mapping().eventSourceArn,
    },
  });
});
