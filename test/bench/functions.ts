import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { loadGraph } from "@petstore/offline/graph/load";
import { type Bundle, bundle } from "@petstore/offline/services/lambda/build/bundle";
import type { LambdaFunction } from "@petstore/offline/services/lambda/functions";
import {
  functionEnvironment,
  heapOptions,
} from "@petstore/offline/services/lambda/process/environment";
import { stop as stopEsbuild } from "esbuild";
import { resourcesOf } from "../support/resources.ts";
import { type Bench, projectRoot } from "./bench.ts";

/** A function with its bundle, as deployed. */
export interface Built {
  fn: LambdaFunction;
  bundle: Bundle;
  bytes: number;
}

/** The functions of production. */
export const productionFunctions = () =>
  resourcesOf(loadGraph("production", projectRoot)).functions;

/** Builds functions as the offline runtime does, which is as `sst deploy` does. */
export async function build(functions: LambdaFunction[], bench: Bench): Promise<Built[]> {
  const folder = await bench.folder();
  bench.defer(stopEsbuild);
  const built: Built[] = [];
  for (const fn of functions) {
    const directory = join(folder, fn.name);
    const made = await bundle({ build: fn.build, directory, projectRoot });
    built.push({ fn, bundle: made, bytes: statSync(made.file).size });
  }
  return built;
}

/** Another handler under the settings of a function, to compare it with. */
export const variant = (fn: LambdaFunction, name: string, program: string): LambdaFunction => ({
  ...fn,
  name,
  build: { ...fn.build, handler: `test/bench/programs/${program}.handler` },
});

/** The environment of a function's process. */
export const environmentOf = ({ fn, bundle }: Built, variables: Record<string, string>) => ({
  ...functionEnvironment(fn, bundle),
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  ...variables,
});

/**
 * Starts processes of functions as the offline runtime does, and measures the milliseconds until
 * one asks for its first event: boot of Node, runtime client, initialisation of the module.
 */
export async function initTimer(bench: Bench): Promise<(built: Built) => Promise<number>> {
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
    const asked = once(runtimeApi, "connection").then(([socket]) => once(socket, "data"));
    const began = performance.now();
    child = spawn(process.execPath, [...heapOptions(built.fn), bootstrap, built.bundle.file], {
      env,
      cwd: built.bundle.directory,
      stdio: "ignore",
    });
    const [request] = await asked;
    const took = performance.now() - began;
    if (!String(request).includes("/invocation/next")) throw new Error(`${built.fn.name} failed`);
    child.kill("SIGKILL");
    await once(child, "exit");
    return took;
  };
}
