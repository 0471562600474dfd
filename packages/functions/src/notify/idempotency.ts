import { setTimeout as sleep } from "node:timers/promises";
import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { IdempotencyRecord } from "@aws-lambda-powertools/idempotency/persistence";
import { dynamoDb } from "@petstore/core/table/client";
import { Resource } from "sst";

/** Longer than SQS stores a message: fourteen days, and fourteen more after a redrive. */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** Milliseconds for retries of completing a record. */
export const COMPLETE_MS = 10_000;

/** Stores records in the single table. Powertools would write all of them to one partition. */
class RecordStore extends DynamoDBPersistenceLayer {
  protected override getKey(idempotencyKey: string) {
    return { pk: { S: idempotencyKey }, sk: { S: "done" } };
  }

  /** Completes a record, with retries: without the record, a mail that was sent would be sent again. */
  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    const end = Date.now() + COMPLETE_MS;
    for (let pause = 100; ; pause *= 2) {
      try {
        return await super._updateRecord(record);
      } catch (error) {
        if (Date.now() + pause > end) throw error;
        await sleep(pause);
      }
    }
  }
}

/**
 * Its Lambda context must be registered at every invocation: after the remaining time of a worker that
 * was killed, another worker can handle the message. Otherwise the message would be blocked until the
 * record expires.
 */
export const idempotency = new IdempotencyConfig({ expiresAfterSeconds: LIFETIME_SECONDS });

/**
 * Returns a function that runs `action` once per key, its first argument: never again after it
 * succeeded, and again after it threw or its worker died.
 */
export const runOncePerKey = <Rest extends unknown[]>(
  name: string,
  action: (key: string, ...rest: Rest) => Promise<void>,
) =>
  makeIdempotent(action, {
    persistenceStore: new RecordStore({
      tableName: Resource.RememberDone.name,
      keyAttr: "pk",
      expiryAttr: "expiresAt",
      awsSdkV3Client: dynamoDb,
    }),
    keyPrefix: name,
    config: idempotency,
  });
