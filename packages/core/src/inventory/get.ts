import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { client } from "../table/client.ts";
import { countsKey, type Inventory, toInventory } from "./inventory.ts";

/** Reads the counts. They follow writes within moments, so the read need not be consistent either. */
export async function get(): Promise<Inventory> {
  const { Item } = await client.send(
    new GetCommand({ TableName: Resource.ReadInventory.name, Key: countsKey }),
  );
  return toInventory(Item ?? {});
}
