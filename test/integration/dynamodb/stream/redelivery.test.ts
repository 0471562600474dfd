import { randomUUID } from "node:crypto";
import { redeliverBatch } from "@petstore/offline/services/dynamodb/stream/redelivery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines, start } from "../harness.ts";
import {
  type Event,
  failed,
  functionArn,
  mapping,
  ok,
  poll,
  queueArn,
  report,
  table,
} from "./harness.ts";

const givesUp = { maximumRetryAttempts: 0, onFailureArn: queueArn };

describe.each(engines)("%s", { timeout: 30_000 }, (engine) => {
  let endpoint: string;
  beforeAll(async () => {
    ({ endpoint } = await start(engine, undefined, afterAll));
  }, 30_000);

  /** Has a consumer give up some records. */
  async function giveUp(changes = {}) {
    const pets = await table(endpoint, `pets-${randomUUID()}`);
    for (const id of ["rex", "ada", "mia"]) await pets.put(id);
    const poller = await poll(pets, { ...givesUp, ...changes }, () => failed);
    await poller.until(() => poller.messages.length === 1);
    await poller.close();
    await pets.put("later");
    const invocations: Event[][] = [];
    const redeliver = (result = ok, body: object = poller.messages[0]?.body) =>
      redeliverBatch(
        {
          source: mapping({ ...givesUp, ...changes }),
          table: pets.table,
          dynamodbEndpoint: endpoint,
          async invoke(arn, payload) {
            expect(arn).toBe(functionArn);
            invocations.push(JSON.parse(payload).Records);
            return result;
          },
        },
        JSON.stringify(body),
      );
    return { ...poller, invocations, redeliver, message: poller.messages[0]?.body };
  }

  it("delivers the records again, and no others, as they were the first time", async () => {
    const { batches, invocations, redeliver } = await giveUp();

    await redeliver();

    expect(invocations).toHaveLength(1);
    expect(invocations[0]).toEqual(batches[0]);
  });

  it("leaves out what the mapping's filter leaves out", async () => {
    const pattern = JSON.stringify({
      dynamodb: { Keys: { id: { S: [{ "anything-but": "ada" }] } } },
    });
    const { invocations, redeliver } = await giveUp({ filters: [pattern] });

    await redeliver();

    expect(invocations[0]?.map(({ dynamodb }) => dynamodb.Keys.id.S)).toEqual(["rex", "mia"]);
  });

  it("fails with the reason when the function does", async () => {
    const { batches, redeliver } = await giveUp({ partialResponses: true });
    const second = batches[0]?.[1].dynamodb.SequenceNumber;

    await expect(redeliver(failed)).rejects.toThrow("The function fails: Error no.");
    await expect(redeliver({ kind: "throttled" })).rejects.toThrow("no concurrency left");
    await expect(redeliver(report(second))).rejects.toThrow(`from record ${second} on`);
  });

  it("fails when the records are gone", async () => {
    const { message, redeliver, invocations } = await giveUp();
    const { DDBStreamBatchInfo: batch } = message;
    const changed = (change: object) => ({
      ...message,
      DDBStreamBatchInfo: { ...batch, ...change },
    });

    await expect(redeliver(ok, changed({ startSequenceNumber: "0" }))).rejects.toThrow("have left");
    await expect(redeliver(ok, changed({ shardId: "shardId-0-0" }))).rejects.toThrow("have left");
    await expect(redeliver(ok, { a: 1 })).rejects.toThrow("does not name records");
    expect(invocations).toEqual([]);
  });
});
