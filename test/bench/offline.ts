import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, projectRoot } from "./bench.ts";

const POLL_MS = 3;

export interface Offline {
  url: string;
  /** Returns the base URL of the console. */
  console(): string;
  process: ChildProcess;
  /** The folder of its data and bundles. */
  state: string;
  /** Returns its output. It prints to a file, so that the benchmark spends no CPU on reading it. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * Starts the offline runtime with a new state and waits until it responds.
 *
 * @param command the command that starts it, for example `["npm", "start", "--"]`
 */
export async function startOffline(
  bench: Bench,
  command: string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<Offline> {
  const folder = await bench.createFolder();
  const port = await freePort();
  const log = join(folder, "log");
  const state = join(folder, "state");
  const file = openSync(log, "w");
  const [program = "", ...args] = [...command, "--port", String(port), "--state", state];
  const child = spawn(program, args, {
    cwd: projectRoot,
    env: { ...process.env, NO_COLOR: "1", ...variables },
    stdio: ["ignore", file, file],
    // A process group, so that a signal reaches npm, its shell and the runtime.
    detached: true,
  });
  const exited = once(child, "exit");
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null)
      process.kill(-(child.pid as number), "SIGINT");
    await exited;
  };
  bench.defer(stop);

  const url = `http://127.0.0.1:${port}`;
  const ended = exited.then(() => Promise.reject(new Error(readFileSync(log, "utf8"))));
  await Promise.race([waitUntilHealthy(url), ended]);
  ended.catch(() => {});
  const output = () => readFileSync(log, "utf8");
  const consoleUrl = () => /Console +(\S+)/.exec(output())?.[1] ?? "";
  return { url, console: consoleUrl, process: child, state, output, stop };
}

/** The command that `npm start` runs. */
export const runtimeCommand = [process.execPath, "packages/offline/bin/offline.mjs"];

async function waitUntilHealthy(url: string): Promise<void> {
  while ((await fetchStatus(`${url}/api/health`)) !== 200) await sleep(POLL_MS);
}

/** Returns the status of a response, or undefined without one. */
const fetchStatus = (url: string) =>
  new Promise<number | undefined>((resolve) => {
    get(url, (response) => {
      response.resume();
      response.once("close", () => resolve(response.statusCode));
    }).once("error", () => resolve(undefined));
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
