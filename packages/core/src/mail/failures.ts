import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { client } from "../table/client.ts";

/** Longer than SQS stores a message. */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** Counts a failure of a message. Returns the number of its failures. */
export async function countFailure(messageId: string): Promise<number> {
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: Resource.RememberDone.name,
      Key: { pk: `mailed#${messageId}`, sk: "failures" },
      UpdateExpression: "ADD failures :one SET expiresAt = :expiresAt",
      ExpressionAttributeValues: {
        ":one": 1,
        ":expiresAt": Math.ceil(Date.now() / 1000) + LIFETIME_SECONDS,
      },
      ReturnValues: "UPDATED_NEW",
    }),
  );
  return Number(Attributes?.failures);
}
