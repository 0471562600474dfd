import { randomUUID } from "node:crypto";
import type { Chunk } from "@petstore/core/imports/chunks";
import { UNITS_PER_SECOND } from "@petstore/core/imports/import-chunk";
import { loadGraph } from "@petstore/offline/graph/load";
import { callDynamoDb } from "@petstore/offline/services/dynamodb/call";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../support/offline.ts";
import { resourcesOf } from "../../support/resources.ts";
import { start, temporaryState } from "../dynamodb/harness.ts";

const [table] = resourcesOf(loadGraph("offline", projectRoot)).tables;
const name = table?.name as string;
let endpoint: string;
let handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
const tidy: (() => unknown)[] = [];

beforeAll(async () => {
  const atEnd = (work: () => unknown) => tidy.unshift(work);
  ({ endpoint } = await start("dynoxide", temporaryState(atEnd), atEnd));
  await ensureTables(endpoint, [table as NonNullable<typeof table>]);
  const capabilities = ["ReadImports", "WriteImports", "WritePets"].map((capability) => [
    `SST_RESOURCE_${capability}`,
    JSON.stringify({ name }),
  ]);
  Object.assign(process.env, Object.fromEntries(capabilities), {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    POWERTOOLS_TRACE_ENABLED: "false",
  });
  ({ handler } = await import("@petstore/functions/imports/chunk"));
});
afterAll(async () => {
  for (const work of tidy) await work();
});

const context = { functionName: "ImportChunk", awsRequestId: "request-1" } as Context;
const deliver = async (...chunks: Chunk[]) => {
  const Records = chunks.map(
    (chunk, index) =>
      ({
        messageId: `m${index}`,
        body: JSON.stringify(chunk),
        attributes: { ApproximateReceiveCount: "1" },
      }) as SQSRecord,
  );
  return (await handler({ Records }, context)).batchItemFailures;
};

interface Item {
  [name: string]: { S: string } | { N: string };
}

/** Returns the pets of one owner's import, and the items of the import. */
async function stored({ importId, ownerId }: Chunk) {
  const { Items } = (await callDynamoDb(endpoint, "Scan", { TableName: name })) as {
    Items: Item[];
  };
  const text = (item: Item, attribute: string) => Object.values(item[attribute] ?? {})[0];
  return {
    pets: Items.filter((item) => text(item, "ownerId") === ownerId && text(item, "sk") === "pet"),
    report: Items.filter((item) => text(item, "pk") === `import#${importId}`),
  };
}

const aChunk = (): Chunk => ({
  importId: randomUUID(),
  ownerId: randomUUID(),
  chunk: 0,
  rows: [
    { row: 1, pet: { name: "Rex", species: "dog" } },
    { row: 2, pet: { name: "", species: "dog" } },
    { row: 3, refused: "is not one JSON value in UTF-8" },
    { row: 4, pet: { name: "Tom", species: "cat" } },
    { row: 5, pet: { [`\ud800${"k".repeat(5_000)}`]: "\ud800" } },
  ],
});

describe("the ImportChunk function", () => {
  it("imports a chunk once that is delivered twice at the same time, and again later", async () => {
    const chunk = aChunk();
    expect(await deliver(chunk, chunk)).toEqual([]);
    const once = await stored(chunk);
    expect(once.pets).toHaveLength(2);
    expect(once.report.map(({ sk }) => sk)).toEqual([
      { S: "chunk#0000000" },
      { S: "error#0000002" },
      { S: "error#0000003" },
      { S: "error#0000005" },
    ]);
    expect(once.report[0]).toMatchObject({ imported: { N: "2" }, failed: { N: "3" } });
    expect(await deliver(chunk)).toEqual([]);
    expect(await stored(chunk)).toEqual(once);
  });

  it("completes a chunk without a result, and does not overwrite a pet that changed since", async () => {
    const chunk = aChunk();
    await deliver(chunk);
    const { pets, report } = await stored(chunk);
    const [rex, tom] = pets as [Item, Item];
    const edited = { ...rex, name: { S: "Max" }, version: { N: "2" } };
    await callDynamoDb(endpoint, "PutItem", { TableName: name, Item: edited });
    for (const { pk, sk } of [tom, report[0] as Item]) {
      await callDynamoDb(endpoint, "DeleteItem", { TableName: name, Key: { pk, sk } });
    }

    expect(await deliver(chunk)).toEqual([]);
    const after = await stored(chunk);
    expect(after.pets).toHaveLength(2);
    expect(after.pets).toContainEqual(edited);
    expect(after.report).toHaveLength(4);
  });

  it("does not recreate a deleted pet of a completed chunk", async () => {
    const chunk = aChunk();
    await deliver(chunk);
    for (const { pk, sk } of (await stored(chunk)).pets) {
      await callDynamoDb(endpoint, "DeleteItem", { TableName: name, Key: { pk, sk } });
    }
    expect(await deliver(chunk)).toEqual([]);
    expect((await stored(chunk)).pets).toEqual([]);
  });

  it("does not recreate a deleted pet of a chunk without a result", async () => {
    const chunk = aChunk();
    await deliver(chunk);
    const { pets, report } = await stored(chunk);
    const { pk, sk } = pets[0] as Item;
    const tomorrow = Math.ceil(Date.now() / 1000) + 24 * 60 * 60;
    const tombstone = { pk, sk, deletedAt: { S: "now" }, expiresAt: { N: String(tomorrow) } };
    await callDynamoDb(endpoint, "PutItem", { TableName: name, Item: tombstone });
    const { pk: chunkPk, sk: chunkSk } = report[0] as Item;
    const Key = { pk: chunkPk, sk: chunkSk };
    await callDynamoDb(endpoint, "DeleteItem", { TableName: name, Key });

    expect(await deliver(chunk)).toEqual([]);

    expect((await stored(chunk)).pets).toHaveLength(1);
    const { Item: kept } = (await callDynamoDb(endpoint, "GetItem", {
      TableName: name,
      Key: { pk, sk },
    })) as { Item: Item };
    expect(kept).toEqual(tombstone);
  });

  it("writes at the rate of one worker at most", async () => {
    const rows = Array.from({ length: 30 }, (_, n) => ({
      row: n + 1,
      pet: { name: `Pet ${n}`, species: "dog" },
    }));
    const began = performance.now();

    await deliver({ ...aChunk(), rows });

    expect(performance.now() - began).toBeGreaterThan((29 * 1000) / UNITS_PER_SECOND);
  });

  it("imports a chunk beside an invalid message, and reports that message", async () => {
    const chunk = aChunk();
    expect(await deliver({ ...chunk, importId: "none" }, chunk)).toEqual([
      { itemIdentifier: "m0" },
    ]);
    expect((await stored(chunk)).pets).toHaveLength(2);
  });
});
