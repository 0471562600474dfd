import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, onTestFinished } from "vitest";

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

/** Starts a stub that creates a table, and then fails to describe it some times. */
async function startFailingEngine(times: number) {
  let created = false;
  let failures = 0;
  const responses: Record<string, () => object> = {
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
    response.end(JSON.stringify(responses[operation]?.()));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("ensureTables", () => {
  it("retries when the engine fails to describe a table", async () => {
    await ensureTables(await startFailingEngine(3), [pets]);
  });

  it("throws a UserError when the engine never describes a table", async () => {
    await expect(ensureTables(await startFailingEngine(Infinity), [pets])).rejects.toThrow(
      UserError,
    );
  });
});
