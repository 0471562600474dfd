import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { createDynamoDbApi } from "@petstore/offline/services/dynamodb/api";
import { latestStream, listShards } from "@petstore/offline/services/dynamodb/stream/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { asCaller, startServiceEndpoint } from "../runtime/harness.ts";
import { engines, startBeforeAll } from "./harness.ts";
import { createTable, poll, streamArn } from "./stream/harness.ts";

describe.each(engines)("%s", { timeout: 30_000 }, (name) => {
  const engine = startBeforeAll(name);

  async function callers(name: string) {
    const { endpoint } = engine;
    const pets = await createTable(endpoint, name);
    const door = await startServiceEndpoint(createDynamoDbApi(endpoint, [pets.table]));
    const client = new DynamoDBStreamsClient(asCaller(door));
    onTestFinished(() => client.destroy());
    const [shard] = await listShards(await latestStream(endpoint, pets.table));
    return { pets, client, ShardId: shard?.ShardId as string };
  }

  it("returns the records of the functions' events, by the stream's ARN in the graph", async () => {
    const { pets, client, ShardId } = await callers("read");
    await pets.put("rex", 1);
    await pets.put("rex", 1); // changes nothing
    await pets.put("rex", 2);
    const { until, records } = await poll(pets);
    await until(() => records().length === 2);
    const [first, second] = records();

    const from = async (SequenceNumber: string) => {
      const position = { ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber } as const;
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ StreamArn: streamArn, ShardId, ...position }),
      );
      return client.send(new GetRecordsCommand({ ShardIterator }));
    };
    const { Records, NextShardIterator } = await from(first.dynamodb.SequenceNumber);
    expect(Records).toMatchObject(
      [first, second].map(({ eventID, eventName, awsRegion, dynamodb }) => ({
        eventID,
        eventName,
        awsRegion,
        dynamodb: { Keys: dynamodb.Keys, SequenceNumber: dynamodb.SequenceNumber },
      })),
    );
    expect((await from(second.dynamodb.SequenceNumber)).Records).toHaveLength(1);
    const next = new GetRecordsCommand({ ShardIterator: NextShardIterator });
    expect((await client.send(next)).Records).toEqual([]);
  });

  it("responds with an error for an unknown stream or an unsupported operation", async () => {
    const { client, ShardId } = await callers("refuse");
    const StreamArn = streamArn.replace("pets", "others");
    const wanted = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
    await expect(client.send(new GetShardIteratorCommand(wanted))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    const describe = new DescribeStreamCommand({ StreamArn: streamArn });
    await expect(client.send(describe)).rejects.toMatchObject({ name: "NotImplemented" });
  });
});
