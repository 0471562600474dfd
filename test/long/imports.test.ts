import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { useApi } from "../support/api.ts";
import { completed, errorsOf } from "../support/imports.ts";
import { walk } from "../support/pages.ts";

const call = useApi();

it("makes 4,963 pets and 37 row errors of 5,000 rows with 37 bad ones", async () => {
  const tag = `t${randomUUID().slice(0, 8)}`;
  const bad = Array.from({ length: 37 }, (_, index) => 1 + 135 * index);
  const rows = Array.from({ length: 5_000 }, (_, index) =>
    bad.includes(index + 1)
      ? { name: "", species: "dragon", tags: [tag] }
      : { name: `Pet ${index + 1}`, species: "fish", tags: [tag] },
  );

  const report = await completed(call, rows);
  expect(report).toMatchObject({ rows: 5_000, imported: 4_963, failed: 37 });
  expect(Date.parse(report.completedAt as string)).toBeGreaterThan(Date.parse(report.createdAt));

  const detail = expect.any(String);
  const errors = await errorsOf(call, report.id, 10);
  expect(errors.map(({ row }) => row)).toEqual(bad);
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
}, 150_000);
