import { randomUUID } from "node:crypto";
import { derivedId, sha256 } from "../derived-id.ts";
import { Problem } from "../problems/problem.ts";
import type { NewPet } from "./input.ts";
import { firstRecord, insert } from "./insert.ts";
import type { Pet } from "./pet.ts";
import { type PetRecord, toPet } from "./record.ts";

/**
 * Creates a pet in one write. With an idempotency key its id follows from owner and key, so that a
 * repeat meets the pet the first request made, however many run at once.
 *
 * @returns the pet as it is by now, and whether it was there before
 * @throws Problem `idempotency-key-reused` when the key came with another request before
 */
export async function create(
  input: NewPet,
  { ownerId, idempotencyKey }: { ownerId: string; idempotencyKey?: string | undefined },
): Promise<{ pet: Pet; replayed: boolean }> {
  const id = idempotencyKey ? derivedId(ownerId, idempotencyKey) : randomUUID();
  const record: PetRecord = {
    ...firstRecord(input, { id, ownerId }),
    ...(idempotencyKey && { requestHash: sha256(JSON.stringify(input)).toString("base64url") }),
  };

  const conflict = await insert(record);
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
