import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { TRIM_HORIZON } from "@petstore/offline/services/dynamodb/stream/checkpoints";
import { readShard } from "@petstore/offline/services/dynamodb/stream/shards";
import { systemClock } from "@petstore/offline/util/clock";
import { describe, expect, it, onTestFinished } from "vitest";

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

/** Reads a shard of a stub that has these responses of `GetRecords`; iterators contain positions. */
async function read(responses: object[], position = TRIM_HORIZON) {
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
      const output = responses.shift();
      if (output) response.end(JSON.stringify(output));
      else request.socket.destroy();
      if (!output) responses.push(page(null, "9"));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close().closeAllConnections());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const lines: string[] = [];
  const records: string[] = [];
  const options = {
    clock: systemClock,
    signal: new AbortController().signal,
    log: (line: string) => lines.push(line),
  };
  for await (const found of readShard({ endpoint, arn: "arn" }, "shard-1", position, options)) {
    records.push(...found.map(({ dynamodb }) => dynamodb.SequenceNumber));
  }
  return { records, calls, lines };
}

describe("readShard", () => {
  it("reads a shard page by page to its end", async () => {
    const { records, calls } = await read([page("2nd", "1", "2"), page("3rd"), page(null, "3")]);
    expect(records).toEqual(["1", "2", "3"]);
    expect(calls).toEqual(["TRIM_HORIZON start", "after start", "2nd", "3rd"]);
  });

  it("continues after a position", async () => {
    const { calls } = await read([page(null)], "7");
    expect(calls).toEqual(["AFTER_SEQUENCE_NUMBER 7", "after 7"]);
  });

  it("replaces an expired iterator without a log line", async () => {
    const responses = [page("old", "1"), error("ExpiredIteratorException"), page(null, "2")];
    const { records, calls, lines } = await read(responses);
    expect(records).toEqual(["1", "2"]);
    expect(calls.slice(2)).toEqual(["old", "AFTER_SEQUENCE_NUMBER 1", "after 1"]);
    expect(lines).toEqual([]);
  });

  it("skips trimmed records, and logs it", async () => {
    const responses = [error("TrimmedDataAccessException"), page(null, "8")];
    const { records, calls, lines } = await read(responses, "7");
    expect(records).toEqual(["8"]);
    expect(calls.slice(2)).toEqual(["TRIM_HORIZON start", "after start"]);
    expect(lines[0]).toMatch(/shard-1 .*gone/);
  });

  it("retries after a broken connection", async () => {
    const { records, lines } = await read([page("next", "1")]);
    expect(records).toEqual(["1", "9"]);
    expect(lines).toEqual([expect.stringMatching(/^DynamoDB Streams: /)]);
  });
});
