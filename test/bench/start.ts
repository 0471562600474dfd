import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot, type Section } from "./bench.ts";
import { runtimeCommand, startOffline } from "./offline.ts";
import { budget, table } from "./report.ts";
import { median, rounds } from "./rounds.ts";

const npmStart = ["npm", "start", "--silent", "--", "--verbose"];

/** How long it takes from `npm start` to the first answer, with no bundle and no data there. */
export const start: Section = async (bench) => {
  const ready: number[] = [];
  const init: number[] = [];
  const time = await rounds(bench.quick ? 3 : 7, {
    all: async () => {
      await rm(join(projectRoot, "node_modules/.cache/offline"), { recursive: true, force: true });
      const began = performance.now();
      const offline = await startOffline(bench, npmStart);
      const took = performance.now() - began;
      await offline.stop();
      ready.push(printed(offline.output(), /Ready in (\d+) ms/));
      init.push(printed(offline.output(), /Init Duration: ([\d.]+) ms/));
      return took;
    },
    // `--help` loads what a start loads, and stops there.
    npmHelp: () => timeOf([...npmStart, "--help"]),
    help: () => timeOf([...runtimeCommand, "--help"]),
    node: () => timeOf([process.execPath, "--eval", ""]),
  });

  const total = time.of("all");
  const parts = {
    npm: time.of("npmHelp") - time.of("help"),
    "boot of Node": time.of("node"),
    "our modules": time.of("help") - time.of("node"),
    "graph, engine, tables, gateway": median(ready),
    "first function": median(init),
  };
  const rest = total - Object.values(parts).reduce((sum, part) => sum + part, 0);
  table(
    "From npm start to the first 200, no bundles yet",
    ["what", "ms", "budget"],
    [
      ...Object.entries({ ...parts, "first bundle and request": rest }).map(([name, ms]) => [
        name,
        ms.toFixed(0),
      ]),
      ["all", total.toFixed(0), budget(total, "≤", 1_000)],
    ],
  );
};

async function timeOf([program = "", ...args]: string[]): Promise<number> {
  const began = performance.now();
  const { status } = spawnSync(program, args, { cwd: projectRoot, stdio: "ignore" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed`);
  return performance.now() - began;
}

function printed(output: string, pattern: RegExp): number {
  const match = pattern.exec(output);
  if (!match) throw new Error(`The runtime did not print ${pattern}:\n${output}`);
  return Number(match[1]);
}
