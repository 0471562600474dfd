import { execFileSync } from "node:child_process";

/** Returns the processes that have this text, a test's folder, in their command line or environment. */
export function processesOf(text: string): string[] {
  const all = execFileSync("ps", ["axwwe", "-o", "pid=,stat=,command="], { encoding: "utf8" });
  return all
    .split("\n")
    .filter((line) => line.includes(text) && !/^\s*\d+\s+Z|ps axwwe/.test(line));
}

/**
 * Kills the processes of one function of the runtime that uses a state.
 *
 * @returns how many there were
 */
export function killFunction(state: string, name: string): number {
  let killed = 0;
  for (const line of processesOf(`${state}/bundles/${name}`)) {
    if (!line.includes("bootstrap.mjs")) continue;
    try {
      process.kill(Number.parseInt(line, 10), "SIGKILL");
      killed++;
    } catch {
      // It has already ended.
    }
  }
  return killed;
}
