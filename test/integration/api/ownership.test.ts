import type { Import } from "@petstore/core/imports/import";
import type { Pet } from "@petstore/core/pets/pet";
import { readMailbox } from "@petstore/offline/services/ses/mailbox";
import { describe, expect, it } from "vitest";
import { aPet, clientOf, sharedOffline } from "../../support/api.ts";
import { forge, takeApart } from "../../support/forge.ts";
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

describe.each(changes)("%s of another's pet", (method, body) => {
  it("is refused, whatever version it names, and changes nothing", async () => {
    const pet = await aPet(asAnn);
    const { headers: read } = await asAnn("GET", `/api/pets/${pet.id}`);
    const etag = read.get("etag") as string;
    for (const headers of [{}, { "if-match": etag }, { "if-match": '"other"' }]) {
      const answer = await asBob(method, `/api/pets/${pet.id}`, { headers, body });
      expect(answer).toMatchObject({ status: 403, body: { type: "/problems/not-owner" } });
    }
    expect((await asAnn("GET", `/api/pets/${pet.id}`)).body).toEqual(pet);
  });

  it("is an administrator's right, and makes it not theirs", async () => {
    const { id } = await aPet(asAnn);
    const { status } = await asAdmin(method, `/api/pets/${id}`, { body });
    expect(status).toBeLessThan(300);
    const { body: now } = await asAnn<Pet>("GET", `/api/pets/${id}`);
    if (method !== "DELETE") expect(now).toMatchObject({ ownerId: "ann", version: 2 });
  });
});

describe("the same Idempotency-Key of two users", () => {
  const headers = { "idempotency-key": "the-same" };

  it("makes two pets, and tells nobody of the other's", async () => {
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

  it("makes two imports", async () => {
    const answers = await Promise.all([asAnn, asBob].map((call) => send(call, [rex], headers)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(2);
    expect(answers.some((answer) => answer.headers.has("idempotency-replayed"))).toBe(false);
  });
});

describe("an import", () => {
  it("is known to its owner and to administrators only", async () => {
    const { id } = await completed(asAnn, [rex]);
    const others = await asBob("GET", `/api/imports/${id}`);
    expect(others).toMatchObject({
      status: 404,
      body: { type: "/problems/not-found", detail: `There is no import ${id}.` },
    });
    const { body } = await asAdmin<Import>("GET", `/api/imports/${id}`);
    expect(body).toMatchObject({ id, imported: 1 });
  });

  it("makes pets of whoever imported them", async () => {
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

  it("lists the caller's own, page by page, for nobody else to keep", async () => {
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

  it("is nobody's without a token", async () => {
    const answer = await asNobody("GET", "/api/pets?owner=me");
    expect(answer).toMatchObject({ status: 401, body: { type: "/problems/not-authenticated" } });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });
});

describe("a token", () => {
  const post = { body: rex };

  /** A token that is Ann's but for some claims. */
  async function altered(changed: object): Promise<string> {
    const { claims, key } = takeApart(await offline.token(ann), offline.state);
    return forge.rs256({ ...claims, ...changed }, key);
  }
  const opened = (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return Promise.all([
      asNobody("POST", "/api/pets", { ...post, headers }),
      asNobody("GET", "/api/pets?owner=me", { headers }),
    ]);
  };
  it("is needed to write, and not to read", async () => {
    const { id } = await aPet(asAnn);
    for (const path of ["/api/pets", `/api/pets/${id}`, "/api/inventory", "/api/health"]) {
      expect((await asNobody("GET", path)).status, path).toBe(200);
    }
    for (const [method, body] of changes) {
      expect((await asNobody(method, `/api/pets/${id}`, { body })).status, method).toBe(401);
    }
    expect((await asNobody("POST", "/api/pets", post)).status).toBe(401);
    expect((await send(asNobody, [rex])).status).toBe(401);
  });

  it.each([
    "",
    "petstore/pets:import",
    "pets:write",
    "pets:admin",
    "other/pets:write",
    "other/pets:admin",
    "petstore/pets:write2",
  ])("with the scope %j creates no pet", async (scope) => {
    const [created, listed] = await opened(await altered({ scope }));
    expect(created).toMatchObject({ status: 403, body: { message: "Forbidden" } });
    expect(listed?.status).toBe(200);
  });

  it("with the scope to write imports nothing", async () => {
    const asWriter = asAnn.as({ ...ann, scope: "pets:write" });
    expect((await send(asWriter, [rex])).status).toBe(403);
    expect((await send(asAdmin, [rex])).status).toBe(202);
  });

  it("of somebody else's administrator is no administrator's", async () => {
    const { id } = await aPet(asBob);
    const scope = "petstore/pets:write other/pets:admin pets:admin";
    const headers = { authorization: `Bearer ${await altered({ scope })}` };
    const answer = await asNobody("DELETE", `/api/pets/${id}`, { headers });
    expect(answer).toMatchObject({ status: 403, body: { type: "/problems/not-owner" } });
  });
});

it("takes the owner's address from the token, or the request, and shows it nowhere", async () => {
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
