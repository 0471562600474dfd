import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Pet } from "@petstore/core/pets/pet";
import { loadGraph } from "@petstore/offline/graph/load";
import { afterAll, describe, expect, it } from "vitest";
import { sharedOffline, useApi } from "../../support/api.ts";
import { projectRoot } from "../../support/offline.ts";
import { asOperator } from "../../support/operator.ts";
import { walk } from "../../support/pages.ts";

const { call } = useApi();
const operator = DynamoDBDocumentClient.from(new DynamoDBClient(asOperator(sharedOffline().state)));
afterAll(() => operator.destroy());

const TableName = loadGraph("offline", projectRoot).links.Table?.name as string;
const storedAt = (id: string) => ({ TableName, Key: { pk: `pet#${id}`, sk: "pet" } });

const rex = { name: "Rex", species: "dog" };
const max = { name: "Max", species: "cat" };
const create = (key: string, body: object) =>
  call<Pet>("POST", "/api/pets", { headers: { "idempotency-key": key }, body });

/** Creates a pet under a key and deletes it. */
async function createAndDelete(key: string) {
  const created = await create(key, rex);
  expect((await call("DELETE", `/api/pets/${created.body.id}`)).status).toBe(204);
  return { id: created.body.id, etag: created.headers.get("etag") as string };
}

/** Makes the tombstone of a pet expired, but not yet deleted by DynamoDB. */
const expireTombstone = (id: string) =>
  operator.send(
    new UpdateCommand({
      ...storedAt(id),
      UpdateExpression: "SET expiresAt = :now",
      ConditionExpression: "attribute_exists(deletedAt)",
      ExpressionAttributeValues: { ":now": Math.floor(Date.now() / 1000) },
    }),
  );

describe("a deleted pet", () => {
  it("is not created again by a repeat of its request", async () => {
    const { id } = await createAndDelete("deleted-repeat");

    const repeat = await create("deleted-repeat", rex);

    expect(repeat).toMatchObject({ status: 409, body: { type: "/problems/pet-deleted" } });
    expect((await call("GET", `/api/pets/${id}`)).status).toBe(404);
  });

  it("reserves its Idempotency-Key: another body is refused", async () => {
    await createAndDelete("deleted-reused");

    const reused = await create("deleted-reused", max);

    expect(reused).toMatchObject({
      status: 422,
      body: { type: "/problems/idempotency-key-reused" },
    });
  });

  it.each([
    ["GET", undefined],
    ["PUT", { ...rex, tags: [], status: "available" }],
    ["PATCH", { name: "Max" }],
    ["DELETE", undefined],
  ])("is not found by %s", async (method, body) => {
    const { id, etag } = await createAndDelete(`deleted-${method}`);

    const answers = await Promise.all([
      call(method, `/api/pets/${id}`, { body }),
      call(method, `/api/pets/${id}`, { body, headers: { "if-match": etag } }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });

  it("is in no list", async () => {
    const { id } = await createAndDelete("deleted-listed");

    for (const query of ["owner=me", "owner=me&species=dog", "owner=me&status=available"]) {
      expect((await walk(call, query)).map((pet) => pet.id)).not.toContain(id);
    }
  });

  it("leaves no personal data and no index keys", async () => {
    const body = { ...rex, ownerEmail: "someone@example.com" };
    const created = await create("deleted-private", body);
    await call("DELETE", `/api/pets/${created.body.id}`);

    const { Item = {} } = await operator.send(new GetCommand(storedAt(created.body.id)));

    expect(Object.keys(Item).toSorted()).toEqual(
      ["pk", "sk", "deletedAt", "requestHash", "cause", "expiresAt"].toSorted(),
    );
    const days = (Item.expiresAt - Date.parse(Item.deletedAt) / 1000) / (24 * 60 * 60);
    expect(days).toBeCloseTo(15, 3);
  });
});

describe("a pet with the id of a pet that was deleted long ago", () => {
  it("is created although DynamoDB has not removed the expired tombstone", async () => {
    const { id } = await createAndDelete("expired");
    await expireTombstone(id);

    const created = await create("expired", max);

    expect(created).toMatchObject({ status: 201, body: { id, version: 1, name: "Max" } });
    expect(created.headers.has("idempotency-replayed")).toBe(false);
    expect((await walk(call, "owner=me&species=cat")).map((pet) => pet.id)).toContain(id);
  });

  it("has another ETag than the first pet", async () => {
    const { id, etag } = await createAndDelete("expired-etag");
    await expireTombstone(id);
    const created = await create("expired-etag", max);

    const read = await call("GET", `/api/pets/${id}`, { headers: { "if-none-match": etag } });
    const patched = await call("PATCH", `/api/pets/${id}`, {
      headers: { "if-match": etag },
      body: { name: "Wrong" },
    });

    expect(created.headers.get("etag")).not.toBe(etag);
    expect(read).toMatchObject({ status: 200, body: { name: "Max" } });
    expect(patched.status).toBe(412);
  });
});
