import { setTimeout as sleep } from "node:timers/promises";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { type Caller, canAccess } from "../caller.ts";
import { Problem } from "../problems/problem.ts";
import { writeConditionally } from "../table/client.ts";
import { currentTraceContext, logger } from "../telemetry.ts";
import { assertPetExists, readStoredPet } from "./get.ts";
import type { Pet, Status } from "./pet.ts";
import type { PetPatch, PetReplacement } from "./pet-input.ts";
import { parsePetItem, type StoredPet, toPet, toPetItem, toTombstone } from "./pet-item.ts";

/** Who changes a pet, and on what condition. */
export interface UpdateOptions {
  caller: Caller;
  /** Throws when this state of the pet must not be changed. Called again after every conflict. */
  assertPrecondition: (pet: Pet) => void;
}

/** Attempts to write a pet that other requests keep changing. */
const ATTEMPTS = 12;

/**
 * Replaces all fields of a pet that clients can set.
 *
 * @throws Problem `not-found`, `not-owner`, `status-transition`, `concurrent-change`, and what
 * `assertPrecondition` throws
 */
export const replacePetById = (
  id: string,
  replacement: PetReplacement,
  options: UpdateOptions,
): Promise<Pet> => updateFields(id, options, ({ ownerEmail }) => ({ ownerEmail, ...replacement }));

/**
 * Applies a merge patch to a pet (RFC 7396): `null` removes a member.
 *
 * @throws Problem `not-found`, `not-owner`, `status-transition`, `concurrent-change`, and what
 * `assertPrecondition` throws
 */
export const patchPetById = (id: string, patch: PetPatch, options: UpdateOptions): Promise<Pet> =>
  updateFields(id, options, (pet) => ({
    name: patch.name ?? pet.name,
    species: patch.species ?? pet.species,
    status: patch.status ?? pet.status,
    tags: patchMember(pet.tags, patch.tags) ?? [],
    breed: patchMember(pet.breed, patch.breed),
    birthDate: patchMember(pet.birthDate, patch.birthDate),
    ownerEmail: patchMember(pet.ownerEmail, patch.ownerEmail),
  }));

const patchMember = <T>(current: T, change: T | null | undefined): T | undefined =>
  change === undefined ? current : (change ?? undefined);

/**
 * Deletes a pet: replaces it by a tombstone.
 *
 * @throws Problem `not-found`, `not-owner`, `concurrent-change`, and what `assertPrecondition` throws
 */
export const deletePetById = (id: string, options: UpdateOptions): Promise<void> =>
  writeUpdate(id, options, (pet) => ({
    item: toTombstone(pet, { now: new Date(), traceContext: currentTraceContext() }),
    result: undefined,
  }));

function updateFields(
  id: string,
  options: UpdateOptions,
  toFields: (pet: StoredPet) => PetReplacement,
): Promise<Pet> {
  return writeUpdate(id, options, (pet) => {
    const { ownerId, createdAt, requestHash, origin, version, status } = pet;
    const next: StoredPet = {
      ...toFields(pet),
      id,
      ownerId,
      version: version + 1,
      createdAt,
      updatedAt: new Date().toISOString(),
      cause: currentTraceContext(),
      ...(requestHash && { requestHash }),
      ...(origin && { origin }),
    };
    assertStatusTransition(status, next.status);
    return { item: toPetItem(next), result: toPet(next) };
  });
}

/** Reads a pet and writes the update unless the pet has changed since; starts over on a conflict. */
async function writeUpdate<T>(
  id: string,
  { caller, assertPrecondition }: UpdateOptions,
  toUpdate: (pet: StoredPet) => { item: object; result: T },
): Promise<T> {
  let pet = await readStoredPet(id);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (!canAccess(caller, pet)) {
      const detail = `Only the owner of pet ${id}, or an administrator, can change it.`;
      throw new Problem("not-owner", detail);
    }
    assertPrecondition(toPet(pet));
    const { item, result } = toUpdate(pet);
    const conflict = await writeConditionally(
      new PutCommand({ TableName: Resource.WritePets.name, Item: item, ...ifUnchanged(pet) }),
    );
    if (!conflict) return result;
    pet = assertPetExists(id, conflict.existing && parsePetItem(conflict.existing));
    logger.debug("conflict with another write", { petId: id, attempt });
    await sleep(Math.random() * Math.min(200, 5 * 2 ** attempt));
  }
  throw new Problem(
    "concurrent-change",
    "Other requests kept changing the pet, so nothing was changed. Read it and try again with If-Match.",
    { headers: { "retry-after": "1" } },
  );
}

/** The creation time distinguishes pets that used the same id one after the other. */
const ifUnchanged = ({ version, createdAt }: StoredPet) => ({
  ConditionExpression: "version = :version AND createdAt = :createdAt",
  ExpressionAttributeValues: { ":version": version, ":createdAt": createdAt },
  ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
});

/** The statuses that can follow each status. A pending adoption can be cancelled. */
const nextStatuses: Record<Status, readonly Status[]> = {
  available: ["pending", "adopted"],
  pending: ["available", "adopted"],
  adopted: [],
};

/** @throws Problem `status-transition` */
export function assertStatusTransition(from: Status, to: Status): void {
  const allowed = nextStatuses[from];
  if (from === to || allowed.includes(to)) return;
  throw new Problem(
    "status-transition",
    `A pet that is ${from} cannot become ${to}: ${
      allowed.length > 0 ? `only ${allowed.join(" or ")} is possible` : "this status is final"
    }.`,
  );
}
