import { createHash } from "node:crypto";
import { BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { statuses } from "@petstore/core/pets/pet";
import { type StoredPet, toPetItem } from "@petstore/core/pets/pet-item";

/** Distributions in which every filter finds a page of 20 among 100 pets. */
const kinds = ["dog", "dog", "dog", "cat"] as const;
const states = ["available", "available", "available", ...statuses] as const;
const owners = ["ada", "ada", "ada", "bob"] as const;

/** Returns the nth pet. Ids are as random as real ones, and each pet is a second older than the next. */
export function createPetRecord(n: number): StoredPet {
  const digest = createHash("sha256").update(String(n)).digest();
  const pick = <T>(from: readonly T[], byte: number) =>
    from[(digest[byte] as number) % from.length] as T;
  const at = new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
  return {
    id: digest
      .toString("hex", 16)
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5"),
    name: `Pet ${n}`,
    species: pick(kinds, 0),
    breed: "Of uncertain but certainly noble descent",
    birthDate: "2024-02-29",
    tags: ["friendly", "loves-children", "trained"],
    status: pick(states, 1),
    ownerId: pick(owners, 2),
    ownerEmail: "owner@example.com",
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
}

/** Writes the pets from `from` up to, but not including, `to`. */
export async function loadPets(client: DynamoDBClient, table: string, from: number, to: number) {
  let next = from;
  const writer = async () => {
    while (next < to) {
      const batch = Array.from({ length: Math.min(25, to - next) }, () => createPetRecord(next++));
      const puts = batch.map((pet) => ({ PutRequest: { Item: marshall(toPetItem(pet)) } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}
