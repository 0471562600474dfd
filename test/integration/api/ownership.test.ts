import type { Import } from "@petstore/core/imports/import";
import type { Pet } from "@petstore/core/pets/pet";
import { readMailbox } from "@petstore/offline/services/ses/mailbox";
import { describe, expect, it } from "vitest";
import { aPet, clientOf, sharedOffline } from "../../support/api.ts";
import { completed, send } from "../../support/imports.ts";
import { newestFirst, type Page, walk } from "../../support/pages.ts";
import { admin, ann, bob, type User } from "../../support/users.ts";

const offline = sharedOffline();
const asAnn = clientOf(() => offline, ann);
const [asBob, asAdmin, asNobody] = [asAnn.as(bob), asAnn.as(admin), asAnn.as(null)];
const rex = { name: "Rex", species: "dog" };

const changes = [
  ["PUT", { ...rex, tags: [], status: "pending" }],
  ["PATCH", { status: "pending" }],
  ["DELETE", undefined],
] as const;

describe.each(changes)("%s of another caller's pet", (method, body) => {
  it("is refused with any If-Match, and changes nothing", async () => {
    const pet = await aPet(asAnn);
    const { headers: read } = await asAnn("GET", `/api/pets/${pet.id}`);
    const etag = read.get("etag") as string;
    for (const headers of [{}, { "if-match": etag }, { "if-match": '"other"' }]) {
      const answer = await asBob(method, `/api/pets/${pet.id}`, { headers, body });
      expect(answer).toMatchObject({ status: 403, body: { type: "/problems/not-owner" } });
    }
    expect((await asAnn("GET", `/api/pets/${pet.id}`)).body).toEqual(pet);
  });

  it("is allowed to administrators, and does not change the owner", async () => {
    const { id } = await aPet(asAnn);
    const { status } = await asAdmin(method, `/api/pets/${id}`, { body });
    expect(status).toBeLessThan(300);
    const { body: now } = await asAnn<Pet>("GET", `/api/pets/${id}`);
    if (method !== "DELETE") expect(now).toMatchObject({ ownerId: "ann", version: 2 });
  });
});

describe("the same Idempotency-Key of several callers", () => {
  const headers = { "idempotency-key": "the-same" };

  it("creates separate pets, without disclosing the others", async () => {
    const [first, second, third] = await Promise.all(
      [asAnn, asBob, asAdmin].map((call, n) =>
        call<Pet>("POST", "/api/pets", { headers, body: { ...rex, name: `Rex ${n}` } }),
      ),
    );
    for (const answer of [first, second, third]) {
      expect(answer?.status).toBe(201);
      expect(answer?.headers.has("idempotency-replayed")).toBe(false);
    }
    expect(second?.body).toMatchObject({ ownerId: "bob", name: "Rex 1" });
    expect(new Set([first, second, third].map((answer) => answer?.body.id)).size).toBe(3);
  });

  it("creates separate imports", async () => {
    const answers = await Promise.all([asAnn, asBob].map((call) => send(call, [rex], headers)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(2);
    expect(answers.some((answer) => answer.headers.has("idempotency-replayed"))).toBe(false);
  });
});

describe("an import", () => {
  it("is visible only to its owner and to administrators", async () => {
    const { id } = await completed(asAnn, [rex]);
    const others = await asBob("GET", `/api/imports/${id}`);
    expect(others).toMatchObject({
      status: 404,
      body: { type: "/problems/not-found", detail: `There is no import ${id}.` },
    });
    const { body } = await asAdmin<Import>("GET", `/api/imports/${id}`);
    expect(body).toMatchObject({ id, imported: 1 });
  });

  it("creates pets that belong to its caller", async () => {
    await completed(asBob, [{ ...rex, species: "reptile" }]);
    const [pet] = await walk(asNobody, "species=reptile");
    expect(pet?.ownerId).toBe("bob");
    expect((await asAnn("DELETE", `/api/pets/${pet?.id}`)).status).toBe(403);
    expect((await asBob("DELETE", `/api/pets/${pet?.id}`)).status).toBe(204);
  });
});

describe("?owner=me", () => {
  const cleo: User = { sub: "cleo", scope: "openid" };
  const asCleo = asAnn.as(cleo);

  it("lists the caller's pets page by page, and is not cached by others", async () => {
    const asOwner = asAnn.as({ ...cleo, scope: "pets:write" });
    const mine = await Promise.all([1, 2, 3].map(() => aPet(asOwner)));
    await aPet(asAnn);
    expect(await walk(asCleo, "owner=me&limit=2")).toEqual(newestFirst(mine));
    expect(await walk(asCleo, "owner=me&species=dog&limit=1")).toEqual(newestFirst(mine));
    expect(await walk(asNobody, "owner=cleo")).toEqual(newestFirst(mine));

    const { headers, body } = await asCleo<Page>("GET", "/api/pets?owner=me&limit=2");
    expect(headers.get("cache-control")).toBe("private, no-cache");
    expect(headers.get("vary")?.toLowerCase()).toContain("authorization");
    expect(headers.get("link")).toContain("owner=me");
    const others = await asAnn("GET", `/api/pets?owner=me&limit=2&cursor=${body.nextCursor}`);
    expect(others).toMatchObject({ status: 400, body: { type: "/problems/bad-cursor" } });
  });

  it("requires a token", async () => {
    const answer = await asNobody("GET", "/api/pets?owner=me");
    expect(answer).toMatchObject({ status: 401, body: { type: "/problems/not-authenticated" } });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });
});

it("the owner's address is that of the request or the token, and no response contains it", async () => {
  const asDora = asAnn.as({ sub: "dora", email: "dora@example.com", scope: "pets:write" });
  const headers = { "idempotency-key": "dora" };
  const created = [
    await asDora("POST", "/api/pets", { headers, body: { ...rex, name: "Of the token" } }),
    await asDora("POST", "/api/pets", {
      body: { ...rex, name: "Of the request", ownerEmail: "other@example.com" },
    }),
  ];
  const again = asAnn.as({ sub: "dora", email: "new@example.com", scope: "pets:write" });
  const repeat = await again("POST", "/api/pets", {
    headers,
    body: { ...rex, name: "Of the token" },
  });
  expect(repeat.headers.get("idempotency-replayed")).toBe("true");

  const mails = () =>
    readMailbox(offline.state)
      .map(({ to, subject }) => `${to}: ${subject}`)
      .filter((mail) => /^(dora|other|new)@/.test(mail))
      .sort();
  await expect
    .poll(mails, { timeout: 20_000 })
    .toEqual([
      "dora@example.com: Your pet is registered",
      "other@example.com: Your pet is registered",
    ]);
  const listed = await asDora("GET", "/api/pets?owner=me");
  const shown = JSON.stringify([created, repeat, listed]);
  expect(shown).toContain("Of the token");
  expect(shown).not.toMatch(/(dora|other|new)@example\.com/);
});
