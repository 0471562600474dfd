import type { IncomingHttpHeaders } from "node:http";
import type { ServiceApi } from "../../runtime/endpoint/api.ts";
import { accessDenied } from "../../runtime/endpoint/errors.ts";
import { dynamodbNeeds } from "./permissions.ts";
import type { Table } from "./resources.ts";
import { dynamodbStreams } from "./streams-api.ts";

/**
 * The first table in the body. Quotes within JSON strings are escaped, and no other member of these
 * names holds a string (or an object that opens with a name), so this finds no user's data.
 */
const TABLE = /"TableName"\s*:\s*"([^"]+)"|"RequestItems"\s*:\s*\{\s*"([^"]+)"/;

/** DynamoDB and DynamoDB Streams, which are signed alike. */
export function dynamodb(endpoint: string, tables: Table[]): ServiceApi {
  const streams = dynamodbStreams(endpoint, tables);
  return {
    name: "dynamodb",
    endpoint,
    internalError: "InternalServerError",
    operation: operationOf,
    resource(body) {
      const match = TABLE.exec(body);
      return match?.[1] ?? match?.[2];
    },
    needs: (call) => dynamodbNeeds(call, tables),
    accessDenied: (denial) => accessDenied(400, denial, denial.action),
    instead(request, body) {
      if (!targetOf(request.headers).startsWith("DynamoDBStreams_")) return undefined;
      return streams(operationOf(request.headers), request, body);
    },
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html */
const targetOf = (headers: IncomingHttpHeaders) => String(headers["x-amz-target"]);
const operationOf = (headers: IncomingHttpHeaders) => targetOf(headers).split(".").at(-1) as string;
