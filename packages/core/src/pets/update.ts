import { setTimeout as sleep } from "node:timers/promises";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { type Caller, mayTouch } from "../caller.ts";
import { Problem } from "../problems/problem.ts";
import { client, conflictOf } from "../table/client.ts";
import { cause, logger } from "../telemetry.ts";
import { noSuchPet, read } from "./get.ts";
import type { Pet, PetPatch, PetReplacement, Status } from "./pet.ts";
import {
  isTombstone,
  type PetRecord,
  type StoredPet,
  toItem,
  toPet,
  toTombstone,
} from "./pet-item.ts";

/** Where a pet may go from each status: an adoption may fall through, but is final once made. */
const next: Record<Status, readonly Status[]> = {
  available: ["pending", "adopted"],
  pending: ["available", "adopted"],
  adopted: [],
};

/** @throws Problem `status-transition` */
export function assertTransition(from: Status, to: Status): void {
  if (from === to || next[from].includes(to)) return;
  const allowed = next[from].length ? `only ${next[from].join(" or ")}` : "no other";
  throw new Problem(
    "status-transition",
    `A pet that is ${from} cannot become ${to}: ${allowed} is possible.`,
  );
}

/** Who changes a pet, and on what condition. */
export interface Change {
  caller: Caller;
  /** Throws when the pet, as it is, must not be changed. Asked again whenever others were faster. */
  guard: (pet: Pet) => void;
}

/** Writes tried before a pet that others keep changing is given up on. */
const ATTEMPTS = 12;

/**
 * Replaces all that clients say about a pet.
 *
 * @throws Problem `not-found`, `not-owner`, what the guard throws, `status-transition`,
 * `concurrent-change`
 */
export const replace = (id: string, replacement: PetReplacement, by: Change): Promise<Pet> =>
  update(id, by, (record) => ({ ownerEmail: record.ownerEmail, ...replacement }));

/**
 * Applies a merge patch (RFC 7396): `null` removes a member.
 *
 * @throws Problem `not-found`, `not-owner`, what the guard throws, `status-transition`,
 * `concurrent-change`
 */
export const patch = (id: string, changes: PetPatch, by: Change): Promise<Pet> =>
  update(id, by, (record) => {
    const merged = Object.entries({ ...record, ...changes }).filter(([, value]) => value !== null);
    return { tags: [], ...Object.fromEntries(merged) } as unknown as PetReplacement;
  });

/**
 * Deletes a pet: replaces it by a tombstone.
 *
 * @throws Problem `not-found`, `not-owner`, what the guard throws, `concurrent-change`
 */
export const remove = (id: string, by: Change): Promise<void> =>
  change(id, by, (record) => ({
    item: toTombstone(record, { now: new Date(), cause: cause() }),
    result: undefined,
  }));

function update(id: string, by: Change, fields: (record: PetRecord) => PetReplacement) {
  return change(id, by, (record) => {
    const { ownerId, createdAt, requestHash, origin, version, status } = record;
    const next: PetRecord = {
      ...fields(record),
      id,
      ownerId,
      version: version + 1,
      createdAt,
      updatedAt: new Date().toISOString(),
      cause: cause(),
      ...(requestHash && { requestHash }),
      ...(origin && { origin }),
    };
    assertTransition(status, next.status);
    return { item: toItem(next), result: toPet(next) };
  });
}

/** Reads, decides, and writes unless the pet has changed since; on a conflict decides again. */
async function change<T>(
  id: string,
  { caller, guard }: Change,
  decide: (record: PetRecord) => { item: object; result: T },
): Promise<T> {
  let record = await read(id);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (!mayTouch(caller, record)) throw notYours(id);
    guard(toPet(record));
    const { item, result } = decide(record);
    const conflict = await conflictOf<StoredPet>(
      client.send(
        new PutCommand({
          TableName: Resource.WritePets.name,
          Item: item,
          ...ifUnchanged(record),
        }),
      ),
    );
    if (!conflict) return result;
    if (!conflict.existing || isTombstone(conflict.existing)) throw noSuchPet(id);
    logger.debug("another writer was faster", { petId: id, attempt });
    record = conflict.existing;
    await sleep(Math.random() * Math.min(200, 5 * 2 ** attempt));
  }
  throw new Problem("concurrent-change", "Nothing was changed; try again, with If-Match.", {
    headers: { "retry-after": "1" },
  });
}

const notYours = (id: string) =>
  new Problem("not-owner", `Only the owner of pet ${id}, or an administrator, may change it.`);

/** The creation time tells pets apart that had the same id one after the other. */
const ifUnchanged = ({ version, createdAt }: PetRecord) => ({
  ConditionExpression: "version = :version AND createdAt = :createdAt",
  ExpressionAttributeValues: { ":version": version, ":createdAt": createdAt },
  ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
});
