import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
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
