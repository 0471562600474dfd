import { redeliverBatch } from "@petstore/offline/services/dynamodb/stream/redelivery";
import { describe, expect, it } from "vitest";
import { engines, startBeforeAll } from "../harness.ts";
import {
  createTable,
  type Event,
  failed,
  functionArn,
  mapping,
  ok,
  poll,
  queueArn,
  report,
} from "./harness.ts";

const givesUp = { maximumRetryAttempts: 0, onFailureArn: queueArn };

describe.each(engines)("%s", { timeout: 30_000 }, (name) => {
  const engine = startBeforeAll(name);

  /** Runs a poller until it has given up some records. */
  async function giveUp(changes = {}) {
    const pets = await createTable(engine.endpoint);
    for (const id of ["rex", "ada", "mia"]) await pets.put(id);
    const poller = await poll(pets, { ...givesUp, ...changes }, () => failed);
    await poller.until(() => poller.messages.length === 1);
    await poller.close();
    await pets.put("later");
    const invocations: Event[][] = [];
    const redeliver = (result = ok, body: object = poller.messages[0]?.body) =>
      redeliverBatch(
        {
          mapping: mapping({ ...givesUp, ...changes }),
          table: pets.table,
          dynamodbEndpoint: engine.endpoint,
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

  it("delivers exactly the records of the message, unchanged", async () => {
    const { batches, invocations, redeliver } = await giveUp();

    await redeliver();

    expect(invocations).toHaveLength(1);
    expect(invocations[0]).toEqual(batches[0]);
  });

  it("drops records that do not match the mapping's filter", async () => {
    const pattern = JSON.stringify({
      dynamodb: { Keys: { id: { S: [{ "anything-but": "ada" }] } } },
    });
    const { invocations, redeliver } = await giveUp({ filters: [pattern] });

    await redeliver();

    expect(invocations[0]?.map(({ dynamodb }) => dynamodb.Keys.id.S)).toEqual(["rex", "mia"]);
  });

  it("rejects with the reason when the function fails", async () => {
    const { batches, redeliver } = await giveUp({ partialResponses: true });
    const second = batches[0]?.[1].dynamodb.SequenceNumber;

    await expect(redeliver(failed)).rejects.toThrow("The function failed: Error no.");
    await expect(redeliver({ kind: "throttled" })).rejects.toThrow("The function is throttled.");
    await expect(redeliver(report(second))).rejects.toThrow(`from record ${second} on`);
  });

  it("rejects when the records are gone", async () => {
    const { message, redeliver, invocations } = await giveUp();
    const { DDBStreamBatchInfo: batch } = message;
    const changed = (change: object) => ({
      ...message,
      DDBStreamBatchInfo: { ...batch, ...change },
    });

    await expect(redeliver(ok, changed({ startSequenceNumber: "0" }))).rejects.toThrow(
      "no longer in the stream",
    );
    await expect(redeliver(ok, changed({ shardId: "shardId-0-0" }))).rejects.toThrow(
      "no longer in the stream",
    );
    await expect(redeliver(ok, { a: 1 })).rejects.toThrow("does not name records");
    expect(invocations).toEqual([]);
  });
});
