import { setTimeout as sleep } from "node:timers/promises";
import type { Import } from "@petstore/core/imports/import";
import { tokensOf } from "../support/tokens.ts";
import { ann } from "../support/users.ts";
import type { Section } from "./bench.ts";
import { startEngine, startProgram } from "./engine.ts";
import { runtimeCommand, startOffline } from "./offline.ts";
import { checkBudget, printTable } from "./report.ts";
import { measureInRounds, median } from "./rounds.ts";

const POLL_MS = 50;
const SINGLE_ROW_IMPORTS = 20;

/** Rows a second that the workers of the offline stage may write: 10 workers, 100 rows each. */
const MAX_ROWS_PER_SECOND = 1_000;

/** Rows a second of an import, compared with bare writes and the workers' limit; latency of one row. */
export const imports: Section = async (bench) => {
  const rows = bench.quick ? 500 : 2_000;
  const engine = await startEngine(bench);
  const { url, state } = await startOffline(bench, [...runtimeCommand, "--engine", "endpoint"], {
    DYNAMODB_ENDPOINT: engine.endpoint,
  });
  const authorization = `Bearer ${await tokensOf(state)(ann)}`;
  const importing = async () => (rows * 1000) / (await measureImport(url, authorization, rows));
  const put = startProgram(bench, "put-items", engine.endpoint, [engine.table]);
  const writing = () => put(rows);
  await importing();
  await writing();

  const perSecond = await measureInRounds(bench.quick ? 1 : 3, { writing, importing });
  const possible = Math.min(MAX_ROWS_PER_SECOND, perSecond.median("writing"));
  const ratio = perSecond.median("importing") / possible;
  const latencies: number[] = [];
  for (let n = 0; n < SINGLE_ROW_IMPORTS; n++)
    latencies.push(await measureImport(url, authorization, 1));
  printTable(
    `Imports of ${rows} rows`,
    ["what", "per second", "ratio", "budget"],
    [
      ["conditional PutItem from one process", perSecond.median("writing").toFixed(0), ""],
      ["possible: the workers' limit, or those if fewer", possible.toFixed(0), "1.00"],
      [
        "rows of an import",
        perSecond.median("importing").toFixed(0),
        ratio.toFixed(2),
        checkBudget(ratio, "≥", 0.6),
      ],
    ],
  );
  printTable(
    "A single row",
    ["from", "ms"],
    [["acceptance to completion, through the queue", median(latencies).toFixed(0)]],
  );
};

/** Imports rows and returns the milliseconds between their acceptance and completion. */
async function measureImport(url: string, authorization: string, rows: number): Promise<number> {
  const body = JSON.stringify(
    Array.from({ length: rows }, (_, n) => ({ name: `Pet ${n}`, species: "cat", tags: ["bench"] })),
  );
  const headers = { authorization, "content-type": "application/json" };
  const response = await fetch(`${url}/api/imports`, { method: "POST", headers, body });
  const accepted = Date.now();
  const location = response.headers.get("location");
  for (;;) {
    const report = (await (await fetch(url + location, { headers })).json()) as Import;
    if (report.completedAt) return Math.max(1, Date.parse(report.completedAt) - accepted);
    await sleep(POLL_MS);
  }
}
