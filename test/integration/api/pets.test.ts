import type { Pet } from "@petstore/core/pets/pet";
import { describe, expect, it } from "vitest";
import { aPet, useApi } from "../../support/api.ts";

const { call, me } = useApi();

/** Creates a pet, and returns its id and ETag. */
async function petWithETag() {
  const { id } = await aPet(call);
  const { headers } = await call("GET", `/api/pets/${id}`);
  return { id, etag: headers.get("etag") as string };
}

describe("GET /api/health", () => {
  it("returns 200", async () => {
    expect(await call("GET", "/api/health")).toMatchObject({ status: 200, body: { status: "ok" } });
  });
});

describe("POST /api/pets", () => {
  it("creates a pet, and returns its path and version", async () => {
    const given = {
      name: "Mia",
      species: "cat",
      breed: "Birman",
      birthDate: "2024-02-29",
      tags: ["shy"],
    };
    const { status, headers, body } = await call<Pet>("POST", "/api/pets", { body: given });
    expect(status).toBe(201);
    expect(body).toEqual({
      ...given,
      id: expect.any(String),
      status: "available",
      ownerId: me.sub,
      version: 1,
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
    });
    expect(headers.get("idempotency-replayed")).toBeNull();
    const read = await call("GET", headers.get("location") as string);
    expect(read).toMatchObject({ status: 200, body });
    expect(read.headers.get("etag")).toBe(headers.get("etag"));
  });

  it("does not return the owner's address", async () => {
    const pet = await aPet(call, { ownerEmail: "ann@example.com" });
    const read = await call("GET", `/api/pets/${pet.id}`);
    const listed = await call("GET", "/api/pets?owner=me");
    expect(JSON.stringify([pet, read.body, listed.body])).not.toContain("ann@example.com");
  });

  it("returns the text unchanged", async () => {
    const name = "Žofka \u{1F468}\u200D\u{1F469}\u200D\u{1F467} 'DROP' \"quoted\" <b>";
    const pet = await aPet(call, { name });
    expect((await call<Pet>("GET", `/api/pets/${pet.id}`)).body.name).toBe(name);
  });
});

describe("POST /api/pets with an Idempotency-Key", () => {
  const create = (key: string, body: object) =>
    call<Pet>("POST", "/api/pets", { headers: { "idempotency-key": key }, body });

  it("creates one pet for fifty simultaneous requests", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => create("fifty", { name: "One", species: "fish" })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const first = answers.filter(({ headers }) => !headers.has("idempotency-replayed"));
    expect(first).toHaveLength(1);
    const { body } = await call<{ items: Pet[] }>("GET", "/api/pets?owner=me&species=fish");
    expect(body.items).toHaveLength(1);
  });

  it("returns the pet in its current state to a repeat", async () => {
    const first = await create("repeat", { name: "Rex", species: "dog" });
    const patched = await call("PATCH", `/api/pets/${first.body.id}`, { body: { name: "Max" } });
    const repeat = await create("repeat", { species: "dog", name: " Rex " });
    expect(repeat.status).toBe(201);
    expect(repeat.headers.get("idempotency-replayed")).toBe("true");
    expect(repeat.headers.get("etag")).toBe(patched.headers.get("etag"));
    expect(repeat.body).toMatchObject({ id: first.body.id, name: "Max" });
  });

  it("refuses the key with another body", async () => {
    await create("reused", { name: "Rex", species: "dog" });
    const reused = await create("reused", { name: "Max", species: "dog" });
    expect(reused).toMatchObject({
      status: 422,
      body: { type: "/problems/idempotency-key-reused" },
    });
  });
});

describe("GET /api/pets/{id}", () => {
  it("returns 304 when If-None-Match lists the current version", async () => {
    const { id, etag } = await petWithETag();
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const answer = await call("GET", `/api/pets/${id}`, { headers: { "if-none-match": tag } });
      expect(answer).toMatchObject({ status: 304, body: "" });
      expect(answer.headers.get("etag")).toBe(etag);
    }
    const stale = await call("GET", `/api/pets/${id}`, { headers: { "if-none-match": '"other"' } });
    expect(stale.status).toBe(200);
  });
});

describe("PUT /api/pets/{id}", () => {
  it("replaces all fields that clients can set, and no other", async () => {
    const before = await aPet(call, { breed: "Pug", tags: ["old"] });
    const replacement = { name: "Max", species: "other", tags: [], status: "pending" };
    const { status, headers, body } = await call<Pet>("PUT", `/api/pets/${before.id}`, {
      body: replacement,
    });
    expect(status).toBe(200);
    const read = await call("GET", `/api/pets/${before.id}`);
    expect(read.headers.get("etag")).toBe(headers.get("etag"));
    const { id, ownerId, createdAt } = before;
    expect(body).toEqual({
      ...replacement,
      id,
      ownerId,
      createdAt,
      version: 2,
      updatedAt: expect.any(String),
    });
    expect(read.body).toEqual(body);
  });
});

describe("PATCH /api/pets/{id}", () => {
  it("changes the given members, and removes those that are null", async () => {
    const before = await aPet(call, { breed: "Pug", birthDate: "2020-01-01", tags: ["a"] });
    const { body } = await call<Pet>("PATCH", `/api/pets/${before.id}`, {
      headers: { "content-type": "application/merge-patch+json" },
      body: { name: "Max", breed: null, tags: null },
    });
    const { breed, ...rest } = before;
    expect(breed).toBe("Pug");
    const expected = { ...rest, name: "Max", tags: [], version: 2, updatedAt: body.updatedAt };
    expect(body).toEqual(expected);
    expect((await call("GET", `/api/pets/${before.id}`)).body).toEqual(expected);
  });

  it("moves the pet between the lists of statuses", async () => {
    const { id } = await aPet(call, { species: "rabbit" });
    await call("PATCH", `/api/pets/${id}`, { body: { status: "pending", species: "bird" } });
    const ids = async (query: string) =>
      (await call<{ items: Pet[] }>("GET", `/api/pets?${query}`)).body.items.map((pet) => pet.id);
    expect(await ids("owner=me&species=rabbit")).toEqual([]);
    expect(await ids("owner=me&species=bird&status=available")).toEqual([]);
    expect(await ids("owner=me&species=bird&status=pending")).toEqual([id]);
    expect(await ids("species=bird&status=pending")).toContain(id);
    expect(await ids("species=rabbit")).not.toContain(id);
  });

  it("cannot change the status of an adopted pet", async () => {
    const { id } = await aPet(call, { status: "adopted" });
    const answer = await call("PATCH", `/api/pets/${id}`, { body: { status: "available" } });
    expect(answer).toMatchObject({ status: 409, body: { type: "/problems/status-transition" } });
  });
});

describe("DELETE /api/pets/{id}", () => {
  it("deletes a pet once", async () => {
    const { id } = await aPet(call);
    expect(await call("DELETE", `/api/pets/${id}`)).toMatchObject({ status: 204, body: "" });
    expect((await call("GET", `/api/pets/${id}`)).status).toBe(404);
    expect((await call("DELETE", `/api/pets/${id}`)).status).toBe(404);
  });
});

describe("preconditions", () => {
  const changes = [
    ["PUT", { name: "Max", species: "dog", tags: [], status: "available" }],
    ["PATCH", { name: "Max" }],
    ["DELETE", undefined],
  ] as const;

  it.each(changes)("%s succeeds with the current version", async (method, body) => {
    const { id, etag } = await petWithETag();
    const headers = { "if-match": etag };
    expect((await call(method, `/api/pets/${id}`, { headers, body })).status).toBeLessThan(300);
  });

  it.each(changes)("%s fails with another version, and changes nothing", async (method, body) => {
    const { id, etag } = await petWithETag();
    const changed = await call("PATCH", `/api/pets/${id}`, { body: { name: "Changed" } });
    const answer = await call(method, `/api/pets/${id}`, { headers: { "if-match": etag }, body });
    expect(answer).toMatchObject({ status: 412, body: { type: "/problems/precondition-failed" } });
    expect(answer.headers.get("etag")).toBe(changed.headers.get("etag"));
    expect((await call("GET", `/api/pets/${id}`)).body).toEqual(changed.body);
  });

  it.each(changes)("%s of a missing pet returns 404", async (method, body) => {
    const path = "/api/pets/0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b";
    expect((await call(method, path, { headers: { "if-match": '"1"' }, body })).status).toBe(404);
  });
});
