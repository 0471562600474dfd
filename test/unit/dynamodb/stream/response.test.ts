import { doneOf } from "@petstore/offline/services/dynamodb/stream/response";
import { expect, it } from "vitest";

const records = [..."abc"].map((sequenceNumber) => ({ sequenceNumber }));
const ALL = { count: 3, reported: false };
const NONE = { count: 0, reported: false };

it.each([
  ["null", ALL],
  ["", ALL],
  ["{}", ALL],
  ['{"batchItemFailures":null}', ALL],
  ['{"batchItemFailures":[]}', ALL],
  ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', { count: 1, reported: true }],
  [
    '{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"a"}]}',
    { count: 0, reported: true },
  ],
  ['{"batchItemFailures":[{"itemIdentifier":""}]}', NONE],
  ['{"batchItemFailures":[{"itemIdentifier":null}]}', NONE],
  ['{"batchItemFailures":[{"wrong":"a"}]}', NONE],
  ['{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"z"}]}', NONE],
  ['{"batchItemFailures":"b"}', NONE],
  ['"fine"', NONE],
  ["<html>", NONE],
])("%s", (payload, expected) => {
  expect(doneOf({ kind: "response", payload }, records, true)).toEqual(expected);
});
