import type { Table } from "../graph/app.ts";
import { dynamodbNeeds } from "./dynamodb-needs.ts";
import { accessDenied } from "./errors.ts";
import type { Service } from "./service.ts";

/**
 * The first table in the body. Quotes within JSON strings are escaped, and no other member of these
 * names holds a string (or an object that opens with a name), so this finds no user's data.
 */
const TABLE = /"TableName"\s*:\s*"([^"]+)"|"RequestItems"\s*:\s*\{\s*"([^"]+)"/;

/** DynamoDB and DynamoDB Streams, which are signed and hosted alike. */
export function dynamodb(endpoint: string, tables: Table[]): Service {
  return {
    name: "dynamodb",
    endpoint,
    internalError: "InternalServerError",
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
    operation: (headers) => String(headers["x-amz-target"]).split(".").at(-1) as string,
    resource(body) {
      const match = TABLE.exec(body);
      return match?.[1] ?? match?.[2];
    },
    needs: (call) => dynamodbNeeds(call, tables),
    accessDenied: (denial) => accessDenied(400, denial, denial.action),
  };
}
