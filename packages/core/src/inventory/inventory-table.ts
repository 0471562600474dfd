import { setTimeout as sleep } from "node:timers/promises";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { client } from "../table/client.ts";
import { countsKey, type Inventory, type Step, sumOf, toInventory } from "./inventory.ts";

/** Steps that fit in one transaction: DynamoDB takes 100 actions, and one of them is the counts' own. */
export const MAX_STEPS = 99;

/** The stream forgets its records after a day, so markers that live longer have seen every redelivery. */
const MARKED_SECONDS = 3 * 24 * 60 * 60;

/** How often a transaction is tried that others are in the way of, or that is throttled. */
const ATTEMPTS = 7;

/**
 * Counts steps, each exactly once however often it comes. One transaction writes the sum and a marker
 * for each step, on condition that there is none; steps that turn out to be marked are left out.
 *
 * @param steps at most `MAX_STEPS`
 * @returns those that had not been counted before
 * @throws what DynamoDB throws; nothing has been counted then
 */
export async function count(steps: Step[]): Promise<Step[]> {
  let open = steps;
  let attempt = 1;
  while (open.length > 0) {
    const failure = await write(open);
    if (!failure) return open;
    // The reasons stand in the order of the actions: first the markers.
    const fresh = open.filter((_, index) => !isMarked(failure.CancellationReasons?.[index]?.Code));
    if (fresh.length === open.length) {
      if (attempt === ATTEMPTS) throw failure;
      await sleep(Math.random() * 25 * 2 ** attempt++);
    }
    open = fresh;
  }
  return open;
}

const isMarked = (code: string | undefined) => code === "ConditionalCheckFailed";

/**
 * The SDK gives each call a `ClientRequestToken` of its own and keeps it through its retries, so an
 * answer that got lost is not even taken for a redelivery.
 *
 * @returns nothing when it was written, else why it was cancelled
 */
async function write(steps: Step[]): Promise<TransactionCanceledException | undefined> {
  const TableName = Resource.CountInventory.name;
  const sum = Object.entries(sumOf(steps));
  const expiresAt = Math.floor(Date.now() / 1000) + MARKED_SECONDS;
  try {
    await client.send(
      new TransactWriteCommand({
        TransactItems: [
          ...steps.map(({ id }) => ({
            Put: {
              TableName,
              Item: { pk: `counted#${id}`, sk: "marker", expiresAt },
              ConditionExpression: "attribute_not_exists(pk)",
            },
          })),
          {
            Update: {
              TableName,
              Key: countsKey,
              UpdateExpression: `ADD ${sum.map((_, n) => `#cell${n} :by${n}`).join(", ")}`,
              ExpressionAttributeNames: Object.fromEntries(
                sum.map(([cell], n) => [`#cell${n}`, cell]),
              ),
              ExpressionAttributeValues: Object.fromEntries(
                sum.map(([, by], n) => [`:by${n}`, by]),
              ),
            },
          },
        ],
      }),
    );
    return undefined;
  } catch (error) {
    if (error instanceof TransactionCanceledException) return error;
    throw error;
  }
}

/** Reads the counts. They follow writes within moments, so the read need not be consistent either. */
export async function get(): Promise<Inventory> {
  const { Item } = await client.send(
    new GetCommand({ TableName: Resource.ReadInventory.name, Key: countsKey }),
  );
  return toInventory(Item ?? {});
}
