import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

/** A write whose condition did not hold, with the item that stood in its way, if there was one. */
export interface Conflict<T> {
  existing: T | undefined;
}

/**
 * Runs a conditional write that asks for `ALL_OLD` on failure.
 *
 * @returns nothing when it was written, else the conflict: no second read is needed to explain it
 */
export async function conflictOf<T>(write: Promise<unknown>): Promise<Conflict<T> | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { existing: error.Item && (unmarshall(error.Item) as T) };
  }
}
