import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import type { RequestHead, ServiceApi } from "../../runtime/endpoint/api.ts";
import { type AwsError, accessDenied } from "../../runtime/endpoint/errors.ts";
import type { HttpResponse } from "../../runtime/endpoint/forward.ts";
import { jsonResponse, notSupported } from "../../runtime/endpoint/response.ts";
import { callDynamoDbStreams, DynamoDbError } from "./call.ts";
import { dynamodbPermissions } from "./permissions.ts";
import type { Table } from "./resources.ts";
import { isChange, latestStream, StreamRecord } from "./stream/client.ts";
import { toEventRecord } from "./stream/event.ts";

/**
 * Finds the first table in a request body. Quotes within JSON strings are escaped, and no other member
 * with these names has a string (or an object beginning with a name) as value, so this never matches
 * user data.
 */
const TABLE_NAME = /"TableName"\s*:\s*"([^"]+)"|"RequestItems"\s*:\s*\{\s*"([^"]+)"/;

/** Describes DynamoDB and DynamoDB Streams, which have the same signing name, to the endpoint. */
export function createDynamoDbApi(endpoint: string, tables: Table[]): ServiceApi {
  const streams = dynamodbStreams(endpoint, tables);
  return {
    name: "dynamodb",
    endpoint,
    internalError: "InternalServerError",
    operation: operationOf,
    resource(body) {
      const match = TABLE_NAME.exec(body);
      return match?.[1] ?? match?.[2];
    },
    requiredPermissions: (call) => dynamodbPermissions(call, tables),
    accessDenied: (denial) => accessDenied(400, denial, denial.action),
    respondInstead(request, body) {
      if (!targetOf(request.headers).startsWith("DynamoDBStreams_")) return undefined;
      return streams(operationOf(request.headers), request, body);
    },
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html */
const targetOf = (headers: IncomingHttpHeaders) => String(headers["x-amz-target"]);
const operationOf = (headers: IncomingHttpHeaders) => targetOf(headers).split(".").at(-1) as string;

const IteratorInput = z.looseObject({ StreamArn: z.string(), ShardId: z.string() });
const RecordsInput = z.looseObject({ ShardIterator: z.string() });
const Iterator = z.object({ ShardIterator: z.string() });
const Records = z.object({
  Records: z.array(StreamRecord),
  NextShardIterator: z.string().nullish(),
});

/**
 * Implements the operations of DynamoDB Streams that read a known shard. Streams have the graph's ARNs
 * instead of the engine's, and records the ids of the functions' events.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 */
function dynamodbStreams(endpoint: string, tables: Table[]) {
  async function engineArn(streamArn: string): Promise<string> {
    const table = tables.find(({ arn }) => streamArn.startsWith(`${arn}/stream/`));
    if (table) return (await latestStream(endpoint, table)).arn;
    throw new DynamoDbError("ResourceNotFoundException", `Stream ${streamArn} does not exist`);
  }

  const operations: Record<string, (body: unknown) => Promise<object>> = {
    async GetShardIterator(body) {
      const iteratorInput = IteratorInput.parse(body);
      const input = { ...iteratorInput, StreamArn: await engineArn(iteratorInput.StreamArn) };
      const output = await callDynamoDbStreams(endpoint, "GetShardIterator", input);
      const { ShardIterator } = Iterator.parse(output);
      return {
        ShardIterator: [iteratorInput.StreamArn, iteratorInput.ShardId, ShardIterator].join("|"),
      };
    },

    async GetRecords(body) {
      const recordsInput = RecordsInput.parse(body);
      const [arn = "", shardId = "", ...rest] = recordsInput.ShardIterator.split("|");
      const input = { ...recordsInput, ShardIterator: rest.join("|") };
      const output = await callDynamoDbStreams(endpoint, "GetRecords", input);
      const { Records: records, NextShardIterator: next } = Records.parse(output);
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
  ): Promise<HttpResponse | AwsError> => {
    const run = operations[operation];
    if (!run) return notSupported(`DynamoDB Streams (${operation})`, request);
    try {
      return jsonResponse(200, JSON.stringify(await run(JSON.parse(body.toString()))));
    } catch (error) {
      const { name, message } = error as Error;
      if (error instanceof DynamoDbError) return { status: 400, code: name, message };
      if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
      return { status: 400, code: "SerializationException", message };
    }
  };
}

/** Converts a record to one of the API, which differs from the event in two members. */
function toApiRecord(...parameters: Parameters<typeof toEventRecord>) {
  const { eventSourceARN: _, userIdentity, ...record } = toEventRecord(...parameters);
  return {
    ...record,
    ...(userIdentity && {
      userIdentity: { PrincipalId: userIdentity.principalId, Type: userIdentity.type },
    }),
  };
}
