/**
 * Reads an item from DynamoDB with ten requests in flight, for the milliseconds in each message, and
 * replies with the number of reads a second.
 */
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";

const [table = "", id = ""] = process.argv.slice(2);
const client = new DynamoDBClient();
const command = () =>
  new GetItemCommand({
    TableName: table,
    Key: { pk: { S: `pet#${id}` }, sk: { S: "pet" } },
    ConsistentRead: true,
  });

process.on("message", async (milliseconds: number) => {
  const began = performance.now();
  let reads = 0;
  const reader = async () => {
    while (performance.now() - began < milliseconds) {
      const { Item } = await client.send(command());
      if (!Item) throw new Error("The item does not exist");
      reads++;
    }
  };
  await Promise.all(Array.from({ length: 10 }, reader));
  process.send?.((reads * 1000) / (performance.now() - began));
});
