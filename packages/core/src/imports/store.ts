import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { client } from "../table/client.ts";
import { type Conflict, conflictOf } from "../table/conflict.ts";

/** Writes an item of an import, whether it is there or not. */
export const put = (item: object): Promise<unknown> =>
  client.send(new PutCommand({ TableName: Resource.WriteImports.name, Item: item }));

/** Writes an item of an import, unless it is there: then it is left as it is, and returned. */
export const putNew = <T>(item: object): Promise<Conflict<T> | undefined> =>
  conflictOf<T>(
    client.send(
      new PutCommand({
        TableName: Resource.WriteImports.name,
        Item: item,
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    ),
  );
