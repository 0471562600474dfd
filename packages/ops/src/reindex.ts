import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { paginateScan, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { eachInParallel } from "@petstore/core/concurrency";
import {
  indexKeysOf,
  isTombstone,
  type PetRecord,
  type StoredPet,
} from "@petstore/core/pets/pet-item";
import { client } from "@petstore/core/table/client";
import { Resource } from "sst";
import { runCommand } from "./command.ts";

const help = `Usage: npm run reindex -- [options]

Writes the index keys of this version of the code to every pet. Run it after an update that adds an
index or changes the number of shards: until then, new lists lack the pets that were written before.
The API can be in use meanwhile, and an interrupted run can be repeated.

Options:
  --help   Print this text.

Example, for a deployed stage:
  npx sst shell --stage production -- npm run reindex:aws
`;

type Item = StoredPet & { pk: string; sk: string };

const PARALLEL_UPDATES = 25;

/** Returns the index keys that the item lacks or has with another value. */
function staleKeysOf(item: Item & PetRecord): [name: string, value: string][] {
  const stored = item as unknown as Record<string, unknown>;
  return Object.entries(indexKeysOf(item)).filter(([name, value]) => stored[name] !== value);
}

/**
 * Updates the index keys of a pet. A pet that has changed since it was read is skipped, because the API
 * has written its current keys.
 *
 * @returns whether the item was updated
 */
async function reindex(item: Item): Promise<boolean> {
  if (isTombstone(item)) return false;
  const stale = staleKeysOf(item);
  if (stale.length === 0) return false;
  const { pk, sk, version, createdAt } = item;
  try {
    await client.send(
      new UpdateCommand({
        TableName: Resource.Table.name,
        Key: { pk, sk },
        UpdateExpression: `SET ${stale.map(([name], n) => `${name} = :key${n}`).join(", ")}`,
        ConditionExpression: "version = :version AND createdAt = :createdAt",
        ExpressionAttributeValues: {
          ":version": version,
          ":createdAt": createdAt,
          ...Object.fromEntries(stale.map(([, value], n) => [`:key${n}`, value])),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

await runCommand({ name: "reindex", help }, async () => {
  let pets = 0;
  let written = 0;
  const pages = paginateScan(
    { client },
    {
      TableName: Resource.Table.name,
      FilterExpression: "sk = :pet",
      ExpressionAttributeValues: { ":pet": "pet" },
    },
  );
  for await (const page of pages) {
    const items = (page.Items ?? []) as Item[];
    pets += items.length;
    await eachInParallel(items, PARALLEL_UPDATES, async (item) => {
      if (await reindex(item)) written++;
    });
  }
  console.log(`${pets} pets read, ${written} written.`);
});
