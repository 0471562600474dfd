import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { Problem } from "../problems/problem.ts";
import { client } from "../table/client.ts";
import { annotate } from "../telemetry.ts";
import type { Pet } from "./pet.ts";
import { isTombstone, keyOf, type PetRecord, type StoredPet, toPet } from "./pet-item.ts";

/**
 * Reads a pet as of its last write (a strongly consistent read).
 *
 * @throws Problem `not-found`
 */
export const get = async (id: string): Promise<Pet> => toPet(await read(id));

/** Reads the whole record of a pet, for those who go on to change it. */
export async function read(id: string): Promise<PetRecord> {
  annotate({ petId: id });
  const { Item } = await client.send(
    new GetCommand({ TableName: Resource.ReadPets.name, Key: keyOf(id), ConsistentRead: true }),
  );
  const stored = Item as StoredPet | undefined;
  if (!stored || isTombstone(stored)) throw noSuchPet(id);
  return stored;
}

export const noSuchPet = (id: string) => new Problem("not-found", `There is no pet ${id}.`);
