import { setTimeout as sleep } from "node:timers/promises";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { client } from "../table/client.ts";
import {
  countersKey,
  type Inventory,
  type InventoryDelta,
  sumDeltas,
  toInventory,
} from "./inventory.ts";

/** Reads the counters. They follow writes within moments, so the read is not consistent either. */
export async function readInventory(): Promise<Inventory> {
  const { Item } = await client.send(
    new GetCommand({ TableName: Resource.ReadInventory.name, Key: countersKey }),
  );
  return toInventory(Item ?? {});
}

/** Deltas in one transaction: DynamoDB accepts 100 actions, and one of them updates the counters. */
export const MAX_DELTAS = 99;

/** The stream keeps records for a day, so a marker with this lifetime exists at every redelivery. */
const MARKER_SECONDS = 3 * 24 * 60 * 60;

/** Attempts of a transaction that conflicts with others or is throttled. */
const ATTEMPTS = 7;

/**
 * Adds deltas to the counters, each exactly once, however often it is delivered. One transaction
 * writes the sum and a marker for each delta, on condition that the marker does not exist. Deltas
 * that have a marker are left out of the next attempt.
 *
 * @param deltas at most `MAX_DELTAS`
 * @returns those that had not been counted before
 * @throws what DynamoDB throws; then nothing has been counted
 */
export async function countDeltas(deltas: InventoryDelta[]): Promise<InventoryDelta[]> {
  let pending = deltas;
  let attempt = 1;
  while (pending.length > 0) {
    const failure = await writeDeltas(pending);
    if (!failure) return pending;
    // The reasons are in the order of the actions: first the markers.
    const fresh = pending.filter(
      (_, index) => failure.CancellationReasons?.[index]?.Code !== "ConditionalCheckFailed",
    );
    if (fresh.length === pending.length) {
      if (attempt === ATTEMPTS) throw failure;
      await sleep(Math.random() * 25 * 2 ** attempt++);
    }
    pending = fresh;
  }
  return pending;
}

/**
 * The SDK uses one `ClientRequestToken` for a call and its retries, so a retry after a lost response
 * does not count as a redelivery.
 *
 * @returns why the transaction was cancelled, or nothing when it was written
 */
async function writeDeltas(
  deltas: InventoryDelta[],
): Promise<TransactionCanceledException | undefined> {
  const TableName = Resource.CountInventory.name;
  const sum = Object.entries(sumDeltas(deltas));
  const expiresAt = Math.floor(Date.now() / 1000) + MARKER_SECONDS;
  try {
    await client.send(
      new TransactWriteCommand({
        TransactItems: [
          ...deltas.map(({ id }) => ({
            Put: {
              TableName,
              Item: { pk: `counted#${id}`, sk: "marker", expiresAt },
              ConditionExpression: "attribute_not_exists(pk)",
            },
          })),
          {
            Update: {
              TableName,
              Key: countersKey,
              UpdateExpression: `ADD ${sum.map((_, n) => `#counter${n} :by${n}`).join(", ")}`,
              ExpressionAttributeNames: Object.fromEntries(
                sum.map(([key], n) => [`#counter${n}`, key]),
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
