import type { EventSourceMapping } from "@petstore/offline/runtime/event-source";
import type { InvokeResult } from "@petstore/offline/runtime/invocation";
import { deliver } from "@petstore/offline/services/dynamodb/stream/delivery";
import { describe, expect, it } from "vitest";
import {
  failed,
  mapping,
  ok,
  queueArn,
  report,
} from "../../../integration/dynamodb/stream/harness.ts";
import { createTestClock } from "../../../support/clock.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

/** A clock whose time stands still, and which records the sleeps instead of waiting. */
function instantClock() {
  const sleeps: number[] = [];
  const clock = {
    ...createTestClock(NOW),
    async sleep(milliseconds: number) {
      sleeps.push(milliseconds);
    },
  };
  return { clock, sleeps };
}

const records = (...names: string[]) =>
  names.map((name) => ({ sequenceNumber: name, createdAt: NOW, json: JSON.stringify(name) }));
const throttled: InvokeResult = { kind: "throttled" };

/** Delivers records to a stub of the function. */
async function run(
  batch: ReturnType<typeof records>,
  changes: Partial<EventSourceMapping>,
  respond: (names: string[], call: number) => InvokeResult,
  options: { agesFrom?: number; send?: () => void; signal?: AbortSignal } = {},
) {
  const calls: string[] = [];
  const checkpoints: string[] = [];
  const { clock, sleeps } = instantClock();
  const messages: string[] = [];
  await deliver(batch, {
    mapping: mapping({ onFailureArn: queueArn, ...changes }),
    shardId: "shard-1",
    agesFrom: options.agesFrom ?? 0,
    async invoke(_, payload) {
      const names = JSON.parse(payload).Records;
      calls.push(names.join(""));
      return respond(names, calls.length);
    },
    async sendToQueue(arn, body) {
      options.send?.();
      expect(arn).toBe(queueArn);
      messages.push(body);
    },
    saveCheckpoint: (sequenceNumber) => checkpoints.push(sequenceNumber),
    clock,
    log: () => {},
    signal: options.signal ?? new AbortController().signal,
  });
  return { calls, checkpoints, sleeps, messages: messages.map((body) => JSON.parse(body)) };
}

const failing = (poison: string) => (names: string[]) => (names.includes(poison) ? failed : ok);
const reporting = (poison: string) => (names: string[]) =>
  names.includes(poison) ? report(poison) : ok;

describe("deliver", () => {
  it("saves a checkpoint at the last record of a processed batch", async () => {
    const { calls, checkpoints, messages } = await run(records("a", "b", "c"), {}, () => ok);
    expect({ calls, checkpoints, messages }).toEqual({
      calls: ["abc"],
      checkpoints: ["c"],
      messages: [],
    });
  });

  it("repeats a failed batch unchanged, with growing pauses", async () => {
    const { calls, checkpoints, sleeps } = await run(records("a", "b"), {}, (_, call) =>
      call < 5 ? failed : ok,
    );
    expect(calls).toEqual(["ab", "ab", "ab", "ab", "ab"]);
    expect(checkpoints).toEqual(["b"]);
    expect(sleeps).toEqual([100, 200, 400, 800]);
  });

  it.each([0, 1, 3])(
    "sends a message to the on-failure queue after %i retries",
    async (maximumRetryAttempts) => {
      const { calls, checkpoints, messages } = await run(
        records("a", "b"),
        { maximumRetryAttempts },
        () => failed,
      );
      expect(calls).toHaveLength(1 + maximumRetryAttempts);
      expect(checkpoints).toEqual(["b"]);
      expect(messages).toMatchObject([
        {
          requestContext: {
            condition: "RetryAttemptsExhausted",
            approximateInvokeCount: 1 + maximumRetryAttempts,
          },
        },
      ]);
    },
  );

  it("drops records that were given up when there is no on-failure queue", async () => {
    const batch = records("a");
    const checkpoints: string[] = [];
    await deliver(batch, {
      mapping: mapping({ maximumRetryAttempts: 0 }),
      shardId: "shard-1",
      agesFrom: 0,
      invoke: async () => failed,
      sendToQueue: () => Promise.reject(new Error("there is no queue")),
      saveCheckpoint: (sequenceNumber) => checkpoints.push(sequenceNumber),
      clock: instantClock().clock,
      log: () => {},
      signal: new AbortController().signal,
    });
    expect(checkpoints).toEqual(["a"]);
  });

  it("does not count throttled invocations as attempts", async () => {
    const { calls, messages, sleeps } = await run(
      records("a"),
      { maximumRetryAttempts: 0 },
      (_, call) => (call < 4 ? throttled : ok),
    );
    expect(calls).toHaveLength(4);
    expect(messages).toEqual([]);
    expect(sleeps).toEqual([100, 200, 400]);
  });

  describe("bisection", () => {
    const changes = { bisectOnError: true, maximumRetryAttempts: 1 };

    it("isolates the failing record, and processes the others in order", async () => {
      const batch = records(..."abcdefgh");
      const { calls, checkpoints, messages } = await run(batch, changes, failing("f"));
      expect(calls).toEqual(["abcdefgh", "abcd", "efgh", "ef", "e", "f", "f", "gh"]);
      expect(checkpoints).toEqual(["d", "e", "f", "h"]);
      expect(messages).toMatchObject([
        { DDBStreamBatchInfo: { startSequenceNumber: "f", endSequenceNumber: "f", batchSize: 1 } },
      ]);
    });

    it("splits at the reported record", async () => {
      const both = { ...changes, partialResponses: true };
      const { calls, checkpoints, messages } = await run(
        records(..."abcdefgh"),
        both,
        reporting("f"),
      );
      expect(calls).toEqual(["abcdefgh", "fgh", "f", "f", "gh"]);
      expect(checkpoints).toEqual(["e", "f", "h"]);
      expect(messages).toHaveLength(1);
    });

    it("does not count as a retry", async () => {
      const none = { bisectOnError: true, maximumRetryAttempts: 0 };
      const { messages } = await run(records(..."abcd"), none, failing("a"));
      expect(messages).toMatchObject([{ DDBStreamBatchInfo: { batchSize: 1 } }]);
    });
  });

  describe("partial responses", () => {
    const changes = { partialResponses: true };

    it("retries from the lowest reported sequence number", async () => {
      const { calls, checkpoints } = await run(records(..."abcde"), changes, (_, call) =>
        call === 1 ? report("d", "b", "e") : ok,
      );
      expect(calls).toEqual(["abcde", "bcde"]);
      expect(checkpoints).toEqual(["a", "e"]);
    });

    it("resets the attempts after progress", async () => {
      const one = { ...changes, maximumRetryAttempts: 1 };
      const { calls, messages } = await run(records(..."abc"), one, ([first], call) =>
        call % 2 === 1 ? report(first as string) : report("bc"[call / 2 - 1] ?? ""),
      );
      expect(calls).toEqual(["abc", "abc", "bc", "bc", "c", "c"]);
      expect(messages).toMatchObject([{ DDBStreamBatchInfo: { startSequenceNumber: "c" } }]);
    });

    it("are ignored without ReportBatchItemFailures", async () => {
      const { calls, checkpoints } = await run(records("a", "b"), {}, () => report("a"));
      expect({ calls, checkpoints }).toEqual({ calls: ["ab"], checkpoints: ["b"] });
    });
  });

  describe("maximum record age", () => {
    const minute = { maximumRecordAgeSeconds: 60 };
    const old = () => records("a", "b").map((record) => ({ ...record, createdAt: NOW - 120_000 }));

    it("gives up records that are too old without an invocation", async () => {
      const { calls, checkpoints, messages } = await run(
        [...old(), ...records("c")],
        minute,
        () => ok,
      );
      expect(calls).toEqual(["c"]);
      expect(checkpoints).toEqual(["b", "c"]);
      expect(messages).toMatchObject([
        {
          requestContext: { condition: "RecordAgeExceeded" },
          DDBStreamBatchInfo: { endSequenceNumber: "b", batchSize: 2 },
        },
      ]);
      expect(messages[0].responseContext).toBeUndefined();
    });

    it("does not include the time before the poller started", async () => {
      const { calls } = await run(old(), minute, () => ok, { agesFrom: NOW - 10_000 });
      expect(calls).toEqual(["ab"]);
    });

    it("is unlimited at -1", async () => {
      expect((await run(old(), {}, () => ok)).calls).toEqual(["ab"]);
    });
  });

  it("saves the checkpoint only after the queue has the message", async () => {
    let attempts = 0;
    const { checkpoints } = await run(records("a"), { maximumRetryAttempts: 0 }, () => failed, {
      send() {
        if (++attempts < 3) throw new Error("the queue is not available");
      },
    });
    expect(attempts).toBe(3);
    expect(checkpoints).toEqual(["a"]);
  });

  it("does not invoke, send or save anything after an abort", async () => {
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

  it("sends the message that AWS documents", async () => {
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
});
