import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { clientOf } from "../support/api.ts";
import { completed, errorsOf } from "../support/imports.ts";
import { startOffline, temporaryFolder } from "../support/offline.ts";
import { type Page, walk } from "../support/pages.ts";
import { killFunction } from "../support/processes.ts";

describe("an import", () => {
  it("creates 4,963 pets and 37 row errors from 5,000 rows of which 37 are invalid", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path);
    const call = clientOf(() => offline);
    const tag = `t${randomUUID().slice(0, 8)}`;
    const invalidRows = Array.from({ length: 37 }, (_, index) => 1 + 135 * index);
    const rows = Array.from({ length: 5_000 }, (_, index) =>
      invalidRows.includes(index + 1)
        ? { name: "", species: "dragon", tags: [tag] }
        : { name: `Pet ${index + 1}`, species: "fish", tags: [tag] },
    );

    const report = await completed(call, rows);

    expect(report).toMatchObject({ rows: 5_000, imported: 4_963, failed: 37 });
    expect(Date.parse(report.completedAt as string)).toBeGreaterThan(Date.parse(report.createdAt));

    const detail = expect.any(String);
    const errors = await errorsOf(call, report.id, 10);
    expect(errors.map(({ row }) => row)).toEqual(invalidRows);
    for (const { errors: ofRow } of errors) {
      expect(ofRow).toHaveLength(2);
      expect(ofRow).toEqual(
        expect.arrayContaining([
          { pointer: "/name", detail },
          { pointer: "/species", detail },
        ]),
      );
    }

    const pets = (await walk(call, "species=fish&limit=100")).filter(({ tags }) => tags[0] === tag);
    expect(new Set(pets.map(({ name }) => name)).size).toBe(4_963);
    expect(pets).toHaveLength(4_963);
    await offline.stop();
  }, 150_000);

  it("has the same result when its workers are killed, and does not overwrite concurrent edits", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path);
    const call = clientOf(() => offline);
    const rows = Array.from({ length: 1_000 }, (_, n) =>
      n % 100 === 7 ? { name: `Pet ${n}` } : { name: `Pet ${n}`, species: "rabbit" },
    );
    let done = false;
    const pendingImport = completed(call, rows).finally(() => {
      done = true;
    });

    let kills = 0;
    const edited = new Set<string>();
    while (!done && (kills < 8 || edited.size < 8)) {
      await sleep(400);
      if (kills < 8) kills += killFunction(state.path, "ImportChunk");
      const { items } = (await call<Page>("GET", "/api/pets?species=rabbit&limit=5")).body;
      for (const { id } of items) {
        const { status } = await call("PATCH", `/api/pets/${id}`, { body: { breed: "Edited" } });
        if (status === 200) edited.add(id);
      }
    }

    expect(kills).toBeGreaterThan(0);
    expect(edited.size).toBeGreaterThan(0);

    expect(await pendingImport).toMatchObject({ rows: 1_000, imported: 990, failed: 10 });
    const pets = await walk(call, "species=rabbit&limit=100");
    expect(new Set(pets.map(({ name }) => name)).size).toBe(990);
    expect(pets).toHaveLength(990);
    expect(new Set(pets.filter(({ breed }) => breed === "Edited").map(({ id }) => id))).toEqual(
      edited,
    );
    await offline.stop();
  }, 300_000);
});
