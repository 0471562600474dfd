import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { loadGraph } from "@petstore/offline/graph/load";
import { type Bundle, bundle } from "@petstore/offline/services/lambda/build/bundle";
import { functionEnvironment, heapOptions } from "@petstore/offline/services/lambda/process/spawn";
import type { LambdaFunction } from "@petstore/offline/services/lambda/resources";
import { stop as stopEsbuild } from "esbuild";
import { resourcesOf } from "../support/resources.ts";
import { type Bench, projectRoot } from "./bench.ts";

/** A function with the bundle that is deployed. */
export interface BuiltFunction {
  fn: LambdaFunction;
  bundle: Bundle;
  bytes: number;
}

/** Returns the functions of production. */
export const loadProductionFunctions = () =>
  resourcesOf(loadGraph("production", projectRoot)).functions;

/** Bundles functions like the offline runtime, with the options of `sst deploy`. */
export async function buildFunctions(
  functions: LambdaFunction[],
  bench: Bench,
): Promise<BuiltFunction[]> {
  const folder = await bench.createFolder();
  bench.defer(stopEsbuild);
  const built: BuiltFunction[] = [];
  for (const fn of functions) {
    const directory = join(folder, fn.name);
    const result = await bundle({ build: fn.build, directory, projectRoot });
    built.push({ fn, bundle: result, bytes: statSync(result.file).size });
  }
  return built;
}

/** Returns a function with the same settings and the handler of a program, for comparison. */
export const withHandler = (fn: LambdaFunction, name: string, program: string): LambdaFunction => ({
  ...fn,
  name,
  build: { ...fn.build, handler: `test/bench/programs/${program}.handler` },
});

/** Returns the environment of a function's process. */
export const environmentOf = (
  { fn, bundle }: BuiltFunction,
  variables: Record<string, string>,
) => ({
  ...functionEnvironment(fn, bundle),
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  ...variables,
});

/**
 * Returns a function that starts a function's process like the offline runtime and returns the
 * milliseconds until it requests its first event: boot of Node, runtime client, module initialisation.
 */
export async function createInitTimer(
  bench: Bench,
): Promise<(built: BuiltFunction) => Promise<number>> {
  const bootstrap = join(projectRoot, "packages/offline/src/services/lambda/process/bootstrap.mjs");
  const runtimeApi = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await once(runtimeApi, "listening");
  const { port } = runtimeApi.address() as { port: number };
  let child: ChildProcess | undefined;
  bench.defer(() => {
    child?.kill("SIGKILL");
    runtimeApi.close();
  });

  return async (built) => {
    const env = environmentOf(built, { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}/bench` });
    const requested = once(runtimeApi, "connection").then(([socket]) => once(socket, "data"));
    const started = performance.now();
    child = spawn(process.execPath, [...heapOptions(built.fn), bootstrap, built.bundle.file], {
      env,
      cwd: built.bundle.directory,
      stdio: "ignore",
    });
    const [request] = await requested;
    const elapsed = performance.now() - started;
    if (!String(request).includes("/invocation/next")) throw new Error(`${built.fn.name} failed`);
    child.kill("SIGKILL");
    await once(child, "exit");
    return elapsed;
  };
}
