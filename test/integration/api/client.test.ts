import { createClient } from "@petstore/client/client";
import { pets, rowErrors } from "@petstore/client/pets";
import { ok } from "@petstore/client/problem";
import { expect, it } from "vitest";
import { sharedOffline } from "../../support/api.ts";
import { someone } from "../../support/users.ts";

const { url, token } = sharedOffline();
const me = someone();
const client = createClient({ baseUrl: url, token: () => token(me) });

it("pets returns every pet of all pages, newest first", async () => {
  const made: string[] = [];
  for (let n = 0; n < 5; n++) {
    const body = { name: `Rex ${n}`, species: "dog" } as const;
    made.unshift((await ok(client.POST("/api/pets", { body }))).id);
  }
  const listed = await Array.fromAsync(pets(client, { owner: "me", limit: 2 }), ({ id }) => id);
  expect(listed).toEqual(made);
});

it("rowErrors returns every row error of all pages, in order", async () => {
  const rows = Array.from({ length: 5 }, () => ({}));
  const { id } = await ok(client.POST("/api/imports", { body: rows as never }));
  const params = { path: { id } };
  const stateOf = async () => (await ok(client.GET("/api/imports/{id}", { params }))).state;
  await expect.poll(stateOf, { timeout: 30_000 }).toBe("completed");
  const errors = await Array.fromAsync(rowErrors(client, id, { limit: 2 }), ({ row }) => row);
  expect(errors).toEqual([1, 2, 3, 4, 5]);
});
