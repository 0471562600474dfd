import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, type PutCommand, type UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { traceClient } from "../telemetry.ts";

/** An item as the table stores it, before it is parsed. */
export type RawItem = Record<string, unknown>;

/**
 * One client for the life of the process. The SDK makes three attempts with backoff; the timeouts
 * leave time for them within a function's timeout.
 */
export const dynamoDb = traceClient(
  new DynamoDBClient({
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    },
  }),
);

/** The same client for items that are plain objects. */
export const client = DynamoDBDocumentClient.from(dynamoDb, {
  marshallOptions: { removeUndefinedValues: true },
});

/** A write whose condition was false, with the item that exists instead, if there is one. */
export interface Conflict {
  existing: RawItem | undefined;
}

/**
 * Sends a conditional write. With `ReturnValuesOnConditionCheckFailure: "ALL_OLD"`, a conflict
 * contains the existing item, so that no second read is necessary.
 *
 * @returns the conflict, or nothing when the item was written
 */
export async function writeConditionally(
  command: PutCommand | UpdateCommand,
): Promise<Conflict | undefined> {
  try {
    await client.send(command as PutCommand);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { existing: error.Item && unmarshall(error.Item) };
  }
}
