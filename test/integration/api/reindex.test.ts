import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { loadGraph } from "@petstore/offline/graph/load";
import { afterAll, expect, it } from "vitest";
import { aPet, sharedOffline, useApi } from "../../support/api.ts";
import { projectRoot } from "../../support/offline.ts";
import { asOperator, runScript } from "../../support/operator.ts";
import { walk } from "../../support/pages.ts";

const { state } = sharedOffline();
const { call } = useApi();
const operator = DynamoDBDocumentClient.from(new DynamoDBClient(asOperator(state)));
afterAll(() => operator.destroy());

it("npm run reindex adds a pet of an older version to all lists", async () => {
  const pet = await aPet(call, { species: "fish" });
  const written = ["gsi5pk", "gsi6pk", "gsi7pk", "gsi8pk"];
  await operator.send(
    new UpdateCommand({
      TableName: loadGraph("offline", projectRoot).links.Table?.name as string,
      Key: { pk: `pet#${pet.id}`, sk: "pet" },
      UpdateExpression: `REMOVE ${written.join(", ")}`,
    }),
  );
  const lists = ["owner=me", "owner=me&species=fish"];
  for (const query of lists) expect(await walk(call, query)).toEqual([]);

  const { output, code } = await runScript(state, ["reindex"]);

  expect(output).toMatch(/^\d+ pets read, \d+ written\.$/m);
  expect(code).toBe(0);
  for (const query of lists) expect(await walk(call, query)).toEqual([pet]);
});
