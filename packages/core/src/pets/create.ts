import { randomUUID } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import type { Caller } from "../caller.ts";
import { deriveId, sha256 } from "../derived-id.ts";
import { Problem } from "../problems/problem.ts";
import { type Conflict, writeConditionally } from "../table/client.ts";
import { annotateTrace, currentTraceContext } from "../telemetry.ts";
import type { Pet } from "./pet.ts";
import type { NewPet } from "./pet-input.ts";
import { isTombstone, parsePetItem, type StoredPet, toPet, toPetItem } from "./pet-item.ts";

/**
 * Creates a pet in one write. With an idempotency key, its id is derived from owner and key: a repeat
 * finds the pet of the first request, also when both run at the same time, and never another owner's.
 *
 * @returns the pet in its current state, and whether an earlier request created it
 * @throws Problem `idempotency-key-reused` when the key was used with another request, `pet-deleted`
 * when the pet that the key created has been deleted
 */
export async function createNewPet(
  input: NewPet,
  { owner, idempotencyKey }: { owner: Caller; idempotencyKey?: string | undefined },
): Promise<{ pet: Pet; isReplayed: boolean }> {
  const id = idempotencyKey ? deriveId(owner.id, idempotencyKey) : randomUUID();
  annotateTrace({ petId: id, ownerId: owner.id });
  const pet: StoredPet = {
    ...toStoredPet({ ownerEmail: owner.email, ...input }, { id, ownerId: owner.id }),
    // Of the input only: the address in the owner's tokens can change between repeats.
    ...(idempotencyKey && { requestHash: sha256(JSON.stringify(input)).toString("base64url") }),
  };

  const conflict = await insertPet(pet);
  if (!conflict) return { pet: toPet(pet), isReplayed: false };

  const existing = parsePetItem(conflict.existing ?? {});
  if (existing.requestHash !== pet.requestHash) {
    throw new Problem(
      "idempotency-key-reused",
      "This Idempotency-Key was used with another body before; choose a new key for a new pet.",
    );
  }
  if (isTombstone(existing)) {
    throw new Problem(
      "pet-deleted",
      "The pet that this Idempotency-Key created has been deleted; choose a new key for a new pet.",
    );
  }
  return { pet: toPet(existing), isReplayed: true };
}

/** Returns a new pet as it is stored. */
export function toStoredPet(
  input: NewPet,
  ids: Pick<StoredPet, "id" | "ownerId" | "origin">,
): StoredPet {
  const now = new Date().toISOString();
  const cause = currentTraceContext();
  return { ...input, ...ids, version: 1, createdAt: now, updatedAt: now, cause };
}

/**
 * Writes a pet unless the id belongs to a pet or to a tombstone that has not expired: then it changes
 * nothing and returns the conflict. DynamoDB deletes expired items late, so the condition checks the
 * time.
 */
export const insertPet = (pet: StoredPet): Promise<Conflict | undefined> =>
  writeConditionally(
    new PutCommand({
      TableName: Resource.WritePets.name,
      Item: toPetItem(pet),
      ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
      ExpressionAttributeValues: { ":now": Math.floor(Date.now() / 1000) },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
