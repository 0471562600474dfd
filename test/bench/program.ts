import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Bench, projectRoot } from "./bench.ts";
import { sdkEnvironment } from "./engine.ts";

/**
 * Runs a program of `programs/` against an engine, in a process of its own.
 *
 * @returns asks it for a round of so much, and returns how much it did in a second
 */
export function startProgram(bench: Bench, name: string, endpoint: string, args: string[]) {
  const child = fork(join(projectRoot, "test/bench/programs", `${name}.ts`), args, {
    env: { ...process.env, ...sdkEnvironment(endpoint) },
  });
  bench.defer(() => child.kill("SIGKILL"));
  return async (amount: number): Promise<number> => {
    child.send(amount);
    const [rate] = await once(child, "message");
    return rate;
  };
}
