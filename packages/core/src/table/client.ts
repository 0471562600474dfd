import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { traced } from "../telemetry.ts";

/**
 * One client for the life of the process. Retries are the SDK's own (three attempts with backoff);
 * the timeouts leave room for them within a function's time.
 */
export const dynamoDb = traced(
  new DynamoDBClient({
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    },
  }),
);

/** The same, for items that are plain objects. */
export const client = DynamoDBDocumentClient.from(dynamoDb, {
  marshallOptions: { removeUndefinedValues: true },
});

/** A write whose condition did not hold, with the item that stood in its way, if there was one. */
export interface Conflict<T> {
  existing: T | undefined;
}

/**
 * Runs a conditional write that asks for `ALL_OLD` on failure.
 *
 * @returns nothing when it was written, else the conflict: no second read is needed to explain it
 */
export async function conflictOf<T>(write: Promise<unknown>): Promise<Conflict<T> | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { existing: error.Item && (unmarshall(error.Item) as T) };
  }
}
