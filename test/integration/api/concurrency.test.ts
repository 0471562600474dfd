import type { Pet } from "@petstore/core/pets/pet";
import { expect, it } from "vitest";
import { aPet, useApi } from "../../support/api.ts";

const { call } = useApi();

it("loses no update of two editors that use If-Match", async () => {
  const { id } = await aPet(call, { tags: [] });

  /** Adds ten tags, one at a time, to the current tags. */
  async function edit(editor: string) {
    for (let n = 0; n < 10; ) {
      const { body, headers } = await call<Pet>("GET", `/api/pets/${id}`);
      const answer = await call("PATCH", `/api/pets/${id}`, {
        headers: { "if-match": headers.get("etag") as string },
        body: { tags: [...body.tags, `${editor}-${n}`] },
      });
      expect([200, 412]).toContain(answer.status);
      if (answer.status === 200) n++;
    }
  }
  await Promise.all([edit("ann"), edit("bob")]);

  const { body } = await call<Pet>("GET", `/api/pets/${id}`);
  const expected = ["ann", "bob"].flatMap((who) =>
    Array.from({ length: 10 }, (_, n) => `${who}-${n}`),
  );
  expect(body.tags.toSorted()).toEqual(expected.toSorted());
  expect(body.version).toBe(21);
});

it("applies all simultaneous patches of different members", async () => {
  const { id } = await aPet(call);
  const patches = [{ name: "Max" }, { breed: "Pug" }, { birthDate: "2020-01-01" }, { tags: ["a"] }];
  const answers = await Promise.all(
    patches.map((body) => call("PATCH", `/api/pets/${id}`, { body })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const { body } = await call<Pet>("GET", `/api/pets/${id}`);
  expect(body).toMatchObject({ ...Object.assign({}, ...patches), version: 5 });
});

it("lets one of several simultaneous deletes succeed", async () => {
  const { id } = await aPet(call);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => call("DELETE", `/api/pets/${id}`)),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, ...Array(7).fill(404)]);
});
