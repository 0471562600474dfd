import * as z from "zod";
import type { RequestHead } from "../../runtime/endpoint/api.ts";
import type { AwsError } from "../../runtime/endpoint/errors.ts";
import type { Answer } from "../../runtime/endpoint/forward.ts";
import { jsonAnswer, notHosted } from "../../runtime/endpoint/response.ts";
import { callDynamoDbStreams, DynamoDbError } from "./call.ts";
import type { Table } from "./resources.ts";
import { latestStream } from "./stream/api.ts";
import { isChange, StreamRecord, toEventRecord } from "./stream/record.ts";

const WantedIterator = z.looseObject({ StreamArn: z.string(), ShardId: z.string() });
const WantedRecords = z.looseObject({ ShardIterator: z.string() });
const Iterator = z.object({ ShardIterator: z.string() });
const Records = z.object({
  Records: z.array(StreamRecord),
  NextShardIterator: z.string().nullish(),
});

/**
 * DynamoDB Streams, as far as reading a shard that is known goes. A stream has the ARN that it has in
 * the graph, not the engine's, and a record the id with which functions get it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 */
export function dynamodbStreams(endpoint: string, tables: Table[]) {
  async function engineArn(streamArn: string): Promise<string> {
    const table = tables.find(({ arn }) => streamArn.startsWith(`${arn}/stream/`));
    if (table) return (await latestStream(endpoint, table)).arn;
    throw new DynamoDbError("ResourceNotFoundException", `There is no stream ${streamArn}`);
  }

  const operations: Record<string, (body: unknown) => Promise<object>> = {
    async GetShardIterator(body) {
      const wanted = WantedIterator.parse(body);
      const input = { ...wanted, StreamArn: await engineArn(wanted.StreamArn) };
      const answer = await callDynamoDbStreams(endpoint, "GetShardIterator", input);
      const { ShardIterator } = Iterator.parse(answer);
      return { ShardIterator: [wanted.StreamArn, wanted.ShardId, ShardIterator].join("|") };
    },

    async GetRecords(body) {
      const wanted = WantedRecords.parse(body);
      const [arn = "", shardId = "", ...rest] = wanted.ShardIterator.split("|");
      const input = { ...wanted, ShardIterator: rest.join("|") };
      const answer = await callDynamoDbStreams(endpoint, "GetRecords", input);
      const { Records: records, NextShardIterator: next } = Records.parse(answer);
      const shard = { streamArn: await engineArn(arn), shardId };
      return {
        Records: records.filter(isChange).map((record) => toApiRecord(record, arn, shard)),
        ...(next && { NextShardIterator: [arn, shardId, next].join("|") }),
      };
    },
  };

  return async (
    operation: string,
    request: RequestHead,
    body: Buffer,
  ): Promise<Answer | AwsError> => {
    const answer = operations[operation];
    if (!answer) return notHosted(`DynamoDB Streams (${operation})`, request);
    try {
      return jsonAnswer(200, JSON.stringify(await answer(JSON.parse(body.toString()))));
    } catch (error) {
      const { name, message } = error as Error;
      if (error instanceof DynamoDbError) return { status: 400, code: name, message };
      if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
      return { status: 400, code: "SerializationException", message };
    }
  };
}

/** A record as functions get it, but for two members. */
function toApiRecord(...parameters: Parameters<typeof toEventRecord>) {
  const { eventSourceARN: _, userIdentity: by, ...record } = toEventRecord(...parameters);
  return { ...record, ...(by && { userIdentity: { PrincipalId: by.principalId, Type: by.type } }) };
}
