import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import { UserError } from "@petstore/offline/util/user-error";
import { expect, it, onTestFinished } from "vitest";

const definition = {
  TableName: "pets",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" as const }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
};
const pets = {
  name: "pets",
  arn: "arn:aws:dynamodb:us-east-1:123456789012:table/pets",
  definition,
};

/** An engine that makes a table, and then fails to describe it so many times. */
async function engineThatFails(times: number) {
  let created = false;
  let failures = 0;
  const answers: Record<string, () => object> = {
    CreateTable: () => {
      created = true;
      return {};
    },
    DescribeTable: () => {
      if (!created) return { __type: "ResourceNotFoundException", message: "no table" };
      if (failures++ < times) return { __type: "InternalFailure", message: "unknown" };
      return { Table: { ...definition, TableStatus: "ACTIVE" } };
    },
    DescribeTimeToLive: () => ({ TimeToLiveDescription: {} }),
  };
  const server = createServer((request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) as string;
    response.end(JSON.stringify(answers[operation]?.()));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("an engine that cannot describe a table for a moment is asked again", async () => {
  await ensureTables(await engineThatFails(3), [pets]);
});

it("one that never can is an error", async () => {
  await expect(ensureTables(await engineThatFails(Infinity), [pets])).rejects.toThrow(UserError);
});
