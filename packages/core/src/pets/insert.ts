import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { client } from "../table/client.ts";
import { type Conflict, conflictOf } from "../table/conflict.ts";
import { cause } from "../telemetry.ts";
import type { NewPet } from "./input.ts";
import { type PetRecord, type StoredPet, toItem } from "./record.ts";

/** The record of a pet that begins now. */
export function firstRecord(
  input: NewPet,
  by: Pick<PetRecord, "id" | "ownerId" | "origin">,
): PetRecord {
  const now = new Date().toISOString();
  return { ...input, ...by, version: 1, createdAt: now, updatedAt: now, cause: cause() };
}

/**
 * Writes a pet, unless there is one with that id, or a tombstone that has not expired: that one stays
 * as it is and is returned. DynamoDB deletes expired items late, so the condition checks the time.
 */
export const insert = (record: PetRecord): Promise<Conflict<StoredPet> | undefined> =>
  conflictOf<StoredPet>(
    client.send(
      new PutCommand({
        TableName: Resource.WritePets.name,
        Item: toItem(record),
        ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
        ExpressionAttributeValues: { ":now": Math.floor(Date.now() / 1000) },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    ),
  );
