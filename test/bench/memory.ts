import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tokensOf } from "../support/tokens.ts";
import { ann } from "../support/users.ts";
import type { Section } from "./bench.ts";
import { loadProductionFunctions } from "./functions.ts";
import { runtimeCommand, startOffline } from "./offline.ts";
import { checkBudget, printTable } from "./report.ts";

const POLL_MS = 50;
/** After the last build, Node collects garbage and releases caches in this time. */
const SETTLE_MS = 3_000;

interface Process {
  pid: number;
  parent: number;
  megabytes: number;
  command: string;
}

/** Resident memory of the idle runtime with all bundles built, and of the functions. */
export const memory: Section = async (bench) => {
  const { url, process: child, state } = await startOffline(bench, runtimeCommand);
  const bundles = loadProductionFunctions().map(({ name }) =>
    join(state, "bundles", name, "bundle.mjs"),
  );
  while (!bundles.every((file) => existsSync(file))) await sleep(POLL_MS);
  const created = await fetch(`${url}/api/pets`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await tokensOf(state)(ann)}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ name: "Rex", species: "dog" }),
  });
  await fetch(`${url}${created.headers.get("location")}`);
  await fetch(`${url}/api/pets`);
  await sleep(SETTLE_MS);

  const processes = listProcessTree(child.pid as number);
  const functions = processes.filter(({ command }) => command.includes("bootstrap.mjs"));
  const runtime = processes.filter((one) => !functions.includes(one));
  const total = runtime.reduce((sum, { megabytes }) => sum + megabytes, 0);
  const largest = Math.max(...functions.map(({ megabytes }) => megabytes));

  printTable(
    "Idle memory (resident)",
    ["what", "MB", "budget"],
    [
      ...runtime.map(({ command, megabytes }) => [nameOf(command), megabytes.toFixed(0)]),
      ["runtime and engine", total.toFixed(0), checkBudget(total, "≤", 200)],
      [
        `largest of ${functions.length} functions`,
        largest.toFixed(0),
        checkBudget(largest, "≤", 90),
      ],
    ],
  );
};

/** Returns a process and all its descendants. */
function listProcessTree(root: number): Process[] {
  const all = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss=,args="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line): Process => {
      const [pid, parent, kilobytes, ...command] = line.trim().split(/\s+/);
      return {
        pid: Number(pid),
        parent: Number(parent),
        megabytes: Number(kilobytes) / 1024,
        command: command.join(" "),
      };
    });
  const below = (pid: number): Process[] =>
    all
      .filter(({ parent }) => parent === pid)
      .flatMap((process) => [process, ...below(process.pid)]);
  return [...all.filter(({ pid }) => pid === root), ...below(root)];
}

const nameOf = (command: string) =>
  ["offline.mjs", "dynoxide", "esbuild"].find((name) => command.includes(name)) ??
  command.split(" ")[0] ??
  "";
