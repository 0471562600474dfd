import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient();
const { name } = JSON.parse(process.env.SST_RESOURCE_ReadPets as string);
const id = process.env.BENCH_PET_ID as string;

/** The DynamoDB read of GET pet without anything else. */
export const handler = () =>
  client.send(
    new GetItemCommand({
      TableName: name,
      Key: { pk: { S: `pet#${id}` }, sk: { S: "pet" } },
      ConsistentRead: true,
    }),
  );
