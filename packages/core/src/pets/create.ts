import { createHash, randomUUID } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { Problem } from "../problems/problem.ts";
import { client } from "../table/client.ts";
import { conflictOf } from "../table/conflict.ts";
import type { NewPet } from "./input.ts";
import type { Pet } from "./pet.ts";
import { type PetRecord, toItem, toPet } from "./record.ts";

/**
 * Creates a pet in one write. With an idempotency key its id follows from owner and key, so that a
 * repeat meets the pet the first request made, however many run at once.
 *
 * @returns the pet as it is by now, and whether it was there before
 * @throws Problem `idempotency-key-reused` when the key came with another request before
 */
export async function create(
  input: NewPet,
  by: { ownerId: string; idempotencyKey?: string | undefined },
): Promise<{ pet: Pet; replayed: boolean }> {
  const now = new Date().toISOString();
  const record: PetRecord = {
    ...input,
    id: by.idempotencyKey ? derivedId(by.ownerId, by.idempotencyKey) : randomUUID(),
    ownerId: by.ownerId,
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...(by.idempotencyKey && { requestHash: sha256(JSON.stringify(input)).toString("base64url") }),
  };

  const conflict = await conflictOf<PetRecord>(
    client.send(
      new PutCommand({
        TableName: Resource.WritePets.name,
        Item: toItem(record),
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    ),
  );
  if (!conflict) return { pet: toPet(record), replayed: false };

  // Only a derived id can meet itself.
  const first = conflict.existing as PetRecord;
  if (first.requestHash !== record.requestHash) {
    throw new Problem(
      "idempotency-key-reused",
      "This Idempotency-Key was used with another body before; choose a new key for a new pet.",
    );
  }
  return { pet: toPet(first), replayed: true };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest();

/** A name-based UUID: version 8 of RFC 9562, over SHA-256. */
function derivedId(ownerId: string, key: string): string {
  const bytes = sha256(JSON.stringify([ownerId, key])).subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
