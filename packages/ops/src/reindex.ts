import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { eachInParallel } from "@petstore/core/concurrency";
import {
  indexKeysOf,
  isTombstone,
  type PetRecord,
  type StoredPet,
} from "@petstore/core/pets/pet-item";
import { client } from "@petstore/core/table/client";
import { Resource } from "sst";
import { parseCommandLine } from "./command-line.ts";

const help = `Usage: npm run reindex -- [options]

Gives every pet the index keys that this version of the code writes. Run it after an update that
adds an index or changes the number of shards: pets that were written before are missing from the
new lists until then. It can be interrupted and run again, while the API is in use.

  --help      print this text
`;

type Item = StoredPet & { pk: string; sk: string };

const UPDATES_AT_A_TIME = 25;

/** Returns the index keys that differ from those of the item. */
function staleKeysOf(item: Item & PetRecord): [name: string, value: string][] {
  const stored = item as unknown as Record<string, unknown>;
  return Object.entries(indexKeysOf(item)).filter(([name, value]) => stored[name] !== value);
}

/**
 * Writes the index keys of a pet, unless the pet has changed since it was read: the API wrote its
 * keys then.
 *
 * @returns whether the item was written
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

async function main(): Promise<void> {
  const options = { help: { type: "boolean" } } as const;
  const { values } = parseCommandLine({ options }, "npm run reindex -- --help");
  if (values.help) return console.log(help.trimEnd());

  let pets = 0;
  let written = 0;
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: Resource.Table.name,
        FilterExpression: "sk = :pet",
        ExpressionAttributeValues: { ":pet": "pet" },
        ExclusiveStartKey,
      }),
    );
    const items = (page.Items ?? []) as Item[];
    pets += items.length;
    await eachInParallel(items, UPDATES_AT_A_TIME, async (item) => {
      if (await reindex(item)) written++;
    });
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  console.log(`${pets} pets read, ${written} written.`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
