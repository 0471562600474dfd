import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { paginateScan, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { forEachInParallel } from "@petstore/core/concurrency";
import { indexKeysOf, isTombstone, parsePetItem } from "@petstore/core/pets/pet-item";
import { client, type RawItem } from "@petstore/core/table/client";
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

const PARALLEL_UPDATES = 25;

/**
 * Updates the index keys of a pet. A pet that has changed since it was read is skipped, because the API
 * has written its current keys.
 *
 * @returns whether the item was updated
 */
async function reindex(item: RawItem): Promise<boolean> {
  const pet = parsePetItem(item);
  if (isTombstone(pet)) return false;
  const stale = Object.entries(indexKeysOf(pet)).filter(([name, value]) => item[name] !== value);
  if (stale.length === 0) return false;
  const { version, createdAt } = pet;
  try {
    await client.send(
      new UpdateCommand({
        TableName: Resource.Table.name,
        Key: { pk: item.pk, sk: item.sk },
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
    const items = page.Items ?? [];
    pets += items.length;
    await forEachInParallel(items, PARALLEL_UPDATES, async (item) => {
      if (await reindex(item)) written++;
    });
  }
  console.log(`${pets} pets read, ${written} written.`);
});
