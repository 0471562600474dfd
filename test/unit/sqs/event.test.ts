import { type QueueRecord, readBatchResult } from "@petstore/offline/services/sqs/poller/event";
import { describe, expect, it } from "vitest";

const records = ["a", "b", "c"].map((messageId) => ({ messageId })) as QueueRecord[];
const ids = (payload: string, partial = true) =>
  readBatchResult(records, { kind: "response", payload }, partial).processed.map(
    ({ messageId }) => messageId,
  );
const failures = (...itemIdentifiers: unknown[]) =>
  JSON.stringify({
    batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
  });

describe("readBatchResult", () => {
  it.each([
    ["null", "null"],
    ["an empty object", "{}"],
    ["no failures", failures()],
    ["null failures", '{"batchItemFailures":null}'],
    ["something else", '{"statusCode":200}'],
  ])("%s means that all messages were processed", (_, payload) => {
    expect(ids(payload)).toEqual(["a", "b", "c"]);
  });

  it("excludes the messages that batchItemFailures names once or several times", () => {
    expect(ids(failures("b"))).toEqual(["a", "c"]);
    expect(ids(failures("b", "a", "b"))).toEqual(["c"]);
    expect(ids(failures("a", "b", "c"))).toEqual([]);
  });

  it.each([
    ["an unknown message", failures("a", "x")],
    ["an empty identifier", failures("")],
    ["a null identifier", failures(null)],
    ["no identifier", '{"batchItemFailures":[{"id":"a"}]}'],
    ["no list", '{"batchItemFailures":"a"}'],
    ["a string", '"ok"'],
    ["no JSON", "ok"],
    ["nothing", ""],
  ])("%s fails the whole batch with an error", (_, payload) => {
    const { processed, error } = readBatchResult(records, { kind: "response", payload }, true);
    expect(processed).toEqual([]);
    expect(error).toBeDefined();
  });

  it("accepts any response without ReportBatchItemFailures", () => {
    expect(ids(failures("b"), false)).toEqual(["a", "b", "c"]);
    expect(ids("nonsense", false)).toEqual(["a", "b", "c"]);
  });

  it.each([
    { kind: "error", errorType: "Error", errorMessage: "no" } as const,
    { kind: "throttled" } as const,
  ])("$kind fails the whole batch", (result) => {
    for (const partial of [true, false]) {
      expect(readBatchResult(records, result, partial)).toEqual({ processed: [] });
    }
  });
});
