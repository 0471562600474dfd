import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { useApi } from "../../support/api.ts";
import { completed, send } from "../../support/imports.ts";
import { walk } from "../../support/pages.ts";

const { call } = useApi();
const ndjson = { "content-type": "application/x-ndjson" };
const rex = { name: "Rex", species: "dog" };

describe("NDJSON", () => {
  it("is imported except its malformed lines, which are reported by number", async () => {
    const lines = [JSON.stringify(rex), '{"name":', "", "Rex,dog", JSON.stringify(rex), "[]", ""];
    const report = await completed(call, lines.join("\r\n"), ndjson);
    expect(report).toMatchObject({ rows: 5, imported: 2, failed: 3 });
    expect(report.errors.map(({ row, errors }) => [row, errors[0]?.pointer])).toEqual([
      [2, ""],
      [4, ""],
      [6, ""],
    ]);
  });

  it("can contain a line that is not UTF-8", async () => {
    const good = `${JSON.stringify(rex)}\n`;
    const bytes = Buffer.concat([
      Buffer.from(good),
      Buffer.from('{"name":"Zoë","species":"dog"}\n', "latin1"),
      Buffer.from(good),
    ]);
    const report = await completed(call, bytes, ndjson);
    expect(report).toMatchObject({ imported: 2, failed: 1, errors: [{ row: 2 }] });
  });
});

it("fails rows above the item limit or with hostile text, and imports the others", async () => {
  const report = await completed(call, [
    rex,
    { ...rex, breed: "x".repeat(17_000) },
    { ...rex, [`\ud800\uffff${"k".repeat(500)}`]: 1 },
    JSON.parse("[".repeat(500) + "]".repeat(500)),
    { ...rex, name: "\uffff" },
  ]);
  expect(report).toMatchObject({ rows: 5, imported: 2, failed: 3 });
  expect(report.errors.map(({ row }) => row)).toEqual([2, 3, 4]);
});

it("accepts rows of wide characters, whose chunk has more than 256 KiB", async () => {
  const wide = { ...rex, breed: "\uffff".repeat(5_000) };

  const report = await completed(call, Array(13).fill(wide));

  expect(report).toMatchObject({ rows: 13, imported: 0, failed: 13 });
});

describe("a repeat with the same Idempotency-Key", () => {
  it("returns the existing import, and imports nothing again", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const tag = `t${randomUUID().slice(0, 8)}`;
    const rows = Array.from({ length: 120 }, () => ({ ...rex, species: "reptile", tags: [tag] }));
    const first = await completed(call, rows, headers);
    const again = await send(call, rows, headers);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again).toMatchObject({ status: 202, body: { id: first.id, state: "completed" } });
    const { errors, ...report } = first;
    expect(again.body).toEqual(report);
    expect((await walk(call, "owner=me&limit=100&species=reptile")).length).toBe(120);
  });

  it("at the same time creates one import", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const rows = Array.from({ length: 60 }, () => ({ ...rex, species: "rabbit" }));
    const answers = await Promise.all([1, 2, 3, 4].map(() => completed(call, rows, headers)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect((await walk(call, "owner=me&limit=100&species=rabbit")).length).toBe(60);
  });

  it("with other rows is refused", async () => {
    const headers = { "idempotency-key": randomUUID() };
    await send(call, [rex], headers);
    expect(await send(call, [rex, rex], headers)).toMatchObject({
      status: 422,
      body: { type: "/problems/idempotency-key-reused" },
    });
  });
});

describe("refuses", () => {
  const row = '{"name":"Rex","species":"dog"}';
  it.each([
    ["an object", row, {}, 422, "invalid-request"],
    ["an empty array", "[]", {}, 422, "invalid-request"],
    ["malformed JSON", `[${row}`, {}, 400, "malformed-body"],
    ["nothing", "", {}, 400, "malformed-body"],
    ["no line", "\n\n", ndjson, 422, "invalid-request"],
    ["10,001 rows", `[${Array(10_001).fill(1)}]`, {}, 422, "invalid-request"],
    ["10,001 lines", "1\n".repeat(10_001), ndjson, 422, "invalid-request"],
    ["over 4 MiB", " ".repeat(4 * 1024 * 1024 + 1), {}, 413, "body-too-large"],
    ["another format", row, { "content-type": "text/csv" }, 415, "unsupported-media-type"],
    ["a bad key", row, { "idempotency-key": "x".repeat(256) }, 400, "malformed-header"],
  ])("%s", async (_, body, headers, status, type) => {
    expect(await send(call, body, headers)).toMatchObject({
      status,
      body: { type: `/problems/${type}` },
    });
  });

  it.each([
    ["an id that is unknown", `/api/imports/${randomUUID()}`, 404, "not-found"],
    ["an id that is none", "/api/imports/1", 404, "not-found"],
    ["a cursor that is none", `/api/imports/${randomUUID()}?cursor=x`, 400, "bad-cursor"],
    ["a limit over 100", `/api/imports/${randomUUID()}?limit=101`, 422, "invalid-request"],
  ])("%s", async (_, path, status, type) => {
    expect(await call("GET", path)).toMatchObject({ status, body: { type: `/problems/${type}` } });
  });
});
