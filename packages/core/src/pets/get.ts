import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { Problem } from "../problems/problem.ts";
import { client } from "../table/client.ts";
import { annotateTrace } from "../telemetry.ts";
import type { Pet } from "./pet.ts";
import { isTombstone, parsePetItem, petKey, type StoredPet, toPet } from "./pet-item.ts";

/**
 * Reads a pet as of its last write (a strongly consistent read).
 *
 * @throws Problem `not-found`
 */
export const getPetById = async (id: string): Promise<Pet> => toPet(await readStoredPet(id));

/**
 * Reads a pet with its private fields, to change it.
 *
 * @throws Problem `not-found`
 */
export async function readStoredPet(id: string): Promise<StoredPet> {
  annotateTrace({ petId: id });
  const { Item } = await client.send(
    new GetCommand({ TableName: Resource.ReadPets.name, Key: petKey(id), ConsistentRead: true }),
  );
  return assertPetExists(id, Item && parsePetItem(Item));
}

/** @throws Problem `not-found` where there is no item, or a tombstone */
export function assertPetExists(id: string, item: ReturnType<typeof parsePetItem> | undefined) {
  if (!item || isTombstone(item)) throw new Problem("not-found", `There is no pet ${id}.`);
  return item;
}
