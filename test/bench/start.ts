import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot, type Section } from "./bench.ts";
import { runtimeCommand, startOffline } from "./offline.ts";
import { checkBudget, printTable } from "./report.ts";
import { measureInRounds, median } from "./rounds.ts";

const npmStart = ["npm", "start", "--silent", "--", "--verbose"];

/** Time from `npm start` to the first response, without bundles and data. */
export const start: Section = async (bench) => {
  const ready: number[] = [];
  const init: number[] = [];
  const time = await measureInRounds(bench.quick ? 3 : 7, {
    all: async () => {
      await rm(join(projectRoot, "node_modules/.cache/offline"), { recursive: true, force: true });
      const started = performance.now();
      const offline = await startOffline(bench, npmStart);
      const elapsed = performance.now() - started;
      await offline.stop();
      ready.push(readNumber(offline.output(), /Ready in (\d+) ms/));
      init.push(readNumber(offline.output(), /Init Duration: ([\d.]+) ms/));
      return elapsed;
    },
    // `--help` loads the same modules as a start, and exits.
    npmHelp: () => measureCommand([...npmStart, "--help"]),
    help: () => measureCommand([...runtimeCommand, "--help"]),
    node: () => measureCommand([process.execPath, "--eval", ""]),
  });

  const total = time.median("all");
  const parts = {
    npm: time.median("npmHelp") - time.median("help"),
    "boot of Node": time.median("node"),
    "our modules": time.median("help") - time.median("node"),
    "graph, engine, tables, gateway": median(ready),
    "first function": median(init),
  };
  const rest = total - Object.values(parts).reduce((sum, part) => sum + part, 0);
  printTable(
    "From npm start to the first 200, no bundles yet",
    ["what", "ms", "budget"],
    [
      ...Object.entries({ ...parts, "first bundle and request": rest }).map(([name, ms]) => [
        name,
        ms.toFixed(0),
      ]),
      ["all", total.toFixed(0), checkBudget(total, "≤", 1_000)],
    ],
  );
};

async function measureCommand([program = "", ...args]: string[]): Promise<number> {
  const started = performance.now();
  const { status } = spawnSync(program, args, { cwd: projectRoot, stdio: "ignore" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed`);
  return performance.now() - started;
}

function readNumber(output: string, pattern: RegExp): number {
  const match = pattern.exec(output);
  if (!match) throw new Error(`The runtime did not print ${pattern}:\n${output}`);
  return Number(match[1]);
}
