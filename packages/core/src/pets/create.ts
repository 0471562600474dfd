import { randomUUID } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import type { Caller } from "../caller.ts";
import { derivedId, sha256 } from "../derived-id.ts";
import { Problem } from "../problems/problem.ts";
import { type Conflict, client, conflictOf } from "../table/client.ts";
import { annotate, cause } from "../telemetry.ts";
import type { NewPet, Pet } from "./pet.ts";
import { isTombstone, type PetRecord, type StoredPet, toItem, toPet } from "./pet-item.ts";

/**
 * Creates a pet in one write. With an idempotency key its id follows from owner and key, so that a
 * repeat meets the pet the first request made, however many run at once, and nobody another's.
 *
 * @returns the pet as it is by now, and whether it was there before
 * @throws Problem `idempotency-key-reused` when the key came with another request before,
 * `pet-deleted` when the pet that the key created has been deleted
 */
export async function create(
  input: NewPet,
  { owner, idempotencyKey }: { owner: Caller; idempotencyKey?: string | undefined },
): Promise<{ pet: Pet; replayed: boolean }> {
  const id = idempotencyKey ? derivedId(owner.id, idempotencyKey) : randomUUID();
  annotate({ petId: id, ownerId: owner.id });
  const record: PetRecord = {
    ...firstRecord({ ownerEmail: owner.email, ...input }, { id, ownerId: owner.id }),
    // Of what was sent alone: the address in the owner's tokens may change between repeats.
    ...(idempotencyKey && { requestHash: sha256(JSON.stringify(input)).toString("base64url") }),
  };

  const conflict = await insert(record);
  if (!conflict) return { pet: toPet(record), replayed: false };

  // Only a derived id can meet itself.
  const first = conflict.existing as StoredPet;
  if (first.requestHash !== record.requestHash) {
    throw new Problem(
      "idempotency-key-reused",
      "This Idempotency-Key was used with another body before; choose a new key for a new pet.",
    );
  }
  if (isTombstone(first)) {
    throw new Problem(
      "pet-deleted",
      "The pet that this Idempotency-Key created has been deleted; choose a new key for a new pet.",
    );
  }
  return { pet: toPet(first), replayed: true };
}

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
