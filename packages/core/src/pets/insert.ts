import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { client } from "../table/client.ts";
import { type Conflict, conflictOf } from "../table/conflict.ts";
import { cause } from "../telemetry.ts";
import type { NewPet } from "./input.ts";
import { type PetRecord, toItem } from "./record.ts";

/** The record of a pet that begins now. */
export function firstRecord(input: NewPet, by: { id: string; ownerId: string }): PetRecord {
  const now = new Date().toISOString();
  return { ...input, ...by, version: 1, createdAt: now, updatedAt: now, cause: cause() };
}

/** Writes a pet, unless there is one of that id: then it is left as it is, and returned. */
export const insert = (record: PetRecord): Promise<Conflict<PetRecord> | undefined> =>
  conflictOf<PetRecord>(
    client.send(
      new PutCommand({
        TableName: Resource.WritePets.name,
        Item: toItem(record),
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    ),
  );
