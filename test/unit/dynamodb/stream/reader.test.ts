import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { TRIM_HORIZON } from "@petstore/offline/services/dynamodb/stream/checkpoints";
import { readShard } from "@petstore/offline/services/dynamodb/stream/reader";
import { expect, it, onTestFinished } from "vitest";

const record = (SequenceNumber: string) => ({
  eventName: "REMOVE",
  eventVersion: "1.1",
  dynamodb: {
    ApproximateCreationDateTime: 1,
    Keys: {},
    SequenceNumber,
    SizeBytes: 1,
    StreamViewType: "KEYS_ONLY",
  },
});
const error = (code: string) => ({ __type: `com.amazonaws.dynamodb.v20120810#${code}` });
const page = (next: string | null, ...sequenceNumbers: string[]) => ({
  Records: sequenceNumbers.map(record),
  NextShardIterator: next,
});

/** Reads a shard of an engine that answers GetRecords like this; iterators are named by position. */
async function read(answers: object[], position = TRIM_HORIZON) {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1];
    const input = (await json(request)) as Record<string, string>;
    if (operation === "GetShardIterator") {
      const at = input.SequenceNumber ?? "start";
      calls.push(`${input.ShardIteratorType} ${at}`);
      response.end(JSON.stringify({ ShardIterator: `after ${at}` }));
    } else {
      calls.push(String(input.ShardIterator));
      const answer = answers.shift();
      if (answer) response.end(JSON.stringify(answer));
      else request.socket.destroy();
      if (!answer) answers.push(page(null, "9"));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close().closeAllConnections());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const lines: string[] = [];
  const records: string[] = [];
  const reading = { signal: new AbortController().signal, log: (line: string) => lines.push(line) };
  for await (const found of readShard({ endpoint, arn: "arn" }, "shard-1", position, reading)) {
    records.push(...found.map(({ dynamodb }) => dynamodb.SequenceNumber));
  }
  return { records, calls, lines };
}

it("a shard is read page by page to its end", async () => {
  const { records, calls } = await read([page("2nd", "1", "2"), page("3rd"), page(null, "3")]);
  expect(records).toEqual(["1", "2", "3"]);
  expect(calls).toEqual(["TRIM_HORIZON start", "after start", "2nd", "3rd"]);
});

it("reading goes on after a position", async () => {
  const { calls } = await read([page(null)], "7");
  expect(calls).toEqual(["AFTER_SEQUENCE_NUMBER 7", "after 7"]);
});

it("an expired iterator is replaced, and is no news", async () => {
  const answers = [page("old", "1"), error("ExpiredIteratorException"), page(null, "2")];
  const { records, calls, lines } = await read(answers);
  expect(records).toEqual(["1", "2"]);
  expect(calls.slice(2)).toEqual(["old", "AFTER_SEQUENCE_NUMBER 1", "after 1"]);
  expect(lines).toEqual([]);
});

it("trimmed records are skipped, with a line in the log", async () => {
  const answers = [error("TrimmedDataAccessException"), page(null, "8")];
  const { records, calls, lines } = await read(answers, "7");
  expect(records).toEqual(["8"]);
  expect(calls.slice(2)).toEqual(["TRIM_HORIZON start", "after start"]);
  expect(lines[0]).toMatch(/shard-1 .*gone/);
});

it("a connection that breaks is tried again", async () => {
  const { records, lines } = await read([page("next", "1")]);
  expect(records).toEqual(["1", "9"]);
  expect(lines).toEqual([expect.stringMatching(/^DynamoDB Streams: /)]);
});
