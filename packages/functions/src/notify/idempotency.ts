import { setTimeout as sleep } from "node:timers/promises";
import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { IdempotencyRecord } from "@aws-lambda-powertools/idempotency/persistence";
import { dynamoDb } from "@petstore/core/table/client";
import { Resource } from "sst";

/** Longer than a message lives: fourteen days, and as many again when redriven. */
const REMEMBERED_SECONDS = 30 * 24 * 60 * 60;

/** Milliseconds in which the record that something is done may be retried. */
export const COMPLETE_MS = 10_000;

/** Records in the single table. Powertools would put all of them into one partition. */
class Records extends DynamoDBPersistenceLayer {
  protected override getKey(idempotencyKey: string) {
    return { pk: { S: idempotencyKey }, sk: { S: "done" } };
  }

  /** Completes a record. Without it a mail that was sent is sent again, so it has its own retries. */
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
 * Of the running invocation it needs to know the remaining time: what a worker began is another's to
 * do as soon as the first can no longer be alive. Without that, a killed worker would keep its
 * messages from being done for as long as they are remembered.
 */
export const idempotency = new IdempotencyConfig({ expiresAfterSeconds: REMEMBERED_SECONDS });

/**
 * Makes something be done once for each key, its first argument: when it succeeded, it is never done
 * again; when it threw, or its worker died, it may be.
 */
export const once = <Rest extends unknown[]>(
  name: string,
  act: (key: string, ...rest: Rest) => Promise<void>,
) =>
  makeIdempotent(act, {
    persistenceStore: new Records({
      tableName: Resource.RememberDone.name,
      keyAttr: "pk",
      expiryAttr: "expiresAt",
      awsSdkV3Client: dynamoDb,
    }),
    keyPrefix: name,
    config: idempotency,
  });
