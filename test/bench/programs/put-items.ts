/**
 * Writes as many new pets as each message says, with conditional puts and ten requests in flight, and
 * replies with the number of writes a second.
 */
import { randomUUID } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { toPetItem } from "@petstore/core/pets/pet-item";
import { createPetRecord } from "../pets.ts";

const [table = ""] = process.argv.slice(2);
const client = new DynamoDBClient();
const command = (n: number) =>
  new PutItemCommand({
    TableName: table,
    Item: marshall(toPetItem({ ...createPetRecord(n), id: randomUUID() })),
    ConditionExpression: "attribute_not_exists(pk)",
  });

process.on("message", async (count: number) => {
  const began = performance.now();
  let next = 0;
  const writer = async () => {
    while (next < count) await client.send(command(next++));
  };
  await Promise.all(Array.from({ length: 10 }, writer));
  process.send?.((count * 1000) / (performance.now() - began));
});
