import { setTimeout as sleep } from "node:timers/promises";
import type { Import } from "@petstore/core/imports/import";
import { tokensOf } from "../support/tokens.ts";
import { ann } from "../support/users.ts";
import type { Section } from "./bench.ts";
import { startEngine } from "./engine.ts";
import { runtimeCommand, startOffline } from "./offline.ts";
import { startProgram } from "./program.ts";
import { budget, table } from "./report.ts";
import { median, rounds } from "./rounds.ts";

const POLL_MS = 50;
const SINGLES = 20;

/** Rows a second that all workers of the offline stage may write: 10 of 100 each. */
const PACE = 1_000;

/**
 * Rows a second of an import, compared with bare writes and with the pace of the workers; and how
 * long a single row takes.
 */
export const imports: Section = async (bench) => {
  const rows = bench.quick ? 500 : 2_000;
  const engine = await startEngine(bench);
  const { url, state } = await startOffline(bench, [...runtimeCommand, "--engine", "endpoint"], {
    DYNAMODB_ENDPOINT: engine.endpoint,
  });
  const authorization = `Bearer ${await tokensOf(state)(ann)}`;
  const importing = async () => (rows * 1000) / (await timeOf(url, authorization, rows));
  const put = startProgram(bench, "put-items", engine.endpoint, [engine.table]);
  const writing = () => put(rows);
  await importing();
  await writing();

  const perSecond = await rounds(bench.quick ? 1 : 3, { writing, importing });
  const possible = Math.min(PACE, perSecond.of("writing"));
  const ratio = perSecond.of("importing") / possible;
  const latencies: number[] = [];
  for (let n = 0; n < SINGLES; n++) latencies.push(await timeOf(url, authorization, 1));
  table(
    `Imports of ${rows} rows`,
    ["what", "per second", "ratio", "budget"],
    [
      ["conditional PutItem from one process", perSecond.of("writing").toFixed(0), ""],
      ["the workers' pace, or those if they are fewer", possible.toFixed(0), "1.00"],
      [
        "rows of an import",
        perSecond.of("importing").toFixed(0),
        ratio.toFixed(2),
        budget(ratio, "≥", 0.6),
      ],
    ],
  );
  table(
    "A single row",
    ["from", "ms"],
    [["accepted to imported, through the queue", median(latencies).toFixed(0)]],
  );
};

/** Imports rows, and answers the milliseconds between their acceptance and their completion. */
async function timeOf(url: string, authorization: string, rows: number): Promise<number> {
  const body = JSON.stringify(
    Array.from({ length: rows }, (_, n) => ({ name: `Pet ${n}`, species: "cat", tags: ["bench"] })),
  );
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(`${url}/api/imports`, { method: "POST", headers, body });
  const accepted = Date.now();
  const location = answer.headers.get("location");
  for (;;) {
    const report = (await (await fetch(url + location, { headers })).json()) as Import;
    if (report.completedAt) return Math.max(1, Date.parse(report.completedAt) - accepted);
    await sleep(POLL_MS);
  }
}
