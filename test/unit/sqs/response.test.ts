import type { QueueRecord } from "@petstore/offline/services/sqs/poller/event";
import { outcome } from "@petstore/offline/services/sqs/poller/response";
import { expect, it } from "vitest";

const records = ["a", "b", "c"].map((messageId) => ({ messageId })) as QueueRecord[];
const ids = (payload: string, partial = true) =>
  outcome(records, { kind: "response", payload }, partial).done.map(({ messageId }) => messageId);
const failures = (...itemIdentifiers: unknown[]) =>
  JSON.stringify({
    batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
  });

it.each([
  ["null", "null"],
  ["an empty object", "{}"],
  ["no failures", failures()],
  ["null failures", '{"batchItemFailures":null}'],
  ["something else", '{"statusCode":200}'],
])("%s is a complete success", (_, payload) => {
  expect(ids(payload)).toEqual(["a", "b", "c"]);
});

it("all but the named failures are done, however often they are named", () => {
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
])("%s fails the whole batch, and says so", (_, payload) => {
  const { done, problem } = outcome(records, { kind: "response", payload }, true);
  expect(done).toEqual([]);
  expect(problem).toBeDefined();
});

it("without ReportBatchItemFailures any response is a success", () => {
  expect(ids(failures("b"), false)).toEqual(["a", "b", "c"]);
  expect(ids("nonsense", false)).toEqual(["a", "b", "c"]);
});

it.each([
  { kind: "error", errorType: "Error", errorMessage: "no" } as const,
  { kind: "throttled" } as const,
])("$kind leaves the batch undone, and needs no words", (result) => {
  for (const partial of [true, false]) {
    expect(outcome(records, result, partial)).toEqual({ done: [] });
  }
});
