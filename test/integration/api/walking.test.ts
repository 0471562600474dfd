import { expect, it } from "vitest";
import { aPet, useApi } from "../../support/api.ts";
import { newestFirst, walk } from "../../support/pages.ts";

const { call } = useApi();

it("shows every untouched pet once, in order, while others create, change and delete", async () => {
  const made = await Promise.all(Array.from({ length: 30 }, () => aPet(call)));
  const doomed = await Promise.all(Array.from({ length: 12 }, () => aPet(call)));
  const seen = await walk(call, "limit=7", async () => {
    const victim = doomed.pop();
    await Promise.all([
      aPet(call),
      victim && call("DELETE", `/api/pets/${victim.id}`),
      doomed[0] &&
        call("PATCH", `/api/pets/${doomed[0].id}`, { body: { tags: [`t${doomed.length}`] } }),
    ]);
  });
  const untouched = new Set(made.map((pet) => pet.id));
  expect(seen.filter((pet) => untouched.has(pet.id))).toEqual(newestFirst(made));
  expect(seen).toEqual(newestFirst(seen));
  expect(new Set(seen.map((pet) => pet.id)).size).toBe(seen.length);
});
