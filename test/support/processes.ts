import { execFileSync } from "node:child_process";

/** The processes that have this text, the folder of a test, in their command line or environment. */
export function processesOf(text: string): string[] {
  const all = execFileSync("ps", ["axwwe", "-o", "pid=,stat=,command="], { encoding: "utf8" });
  return all
    .split("\n")
    .filter((line) => line.includes(text) && !/^\s*\d+\s+Z|ps axwwe/.test(line));
}
