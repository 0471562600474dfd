import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { startProcessGuard } from "@petstore/offline/util/process-guard";
import { assertImpersonal } from "./personal.ts";
import { tokensOf } from "./tokens.ts";
import type { User } from "./users.ts";

export const projectRoot = resolve(import.meta.dirname, "../..");
const command = join(projectRoot, "packages/offline/bin/offline.mjs");

export interface Offline {
  /** Base URL of the API. */
  url: string;
  /** The folder of its state. */
  state: string;
  /** Returns a user's token, the same one every time. */
  token: (user: User) => Promise<string>;
  /** The process, which leads a process group. */
  process: ChildProcess;
  /** Everything printed so far. */
  output: () => string;
  /** Resolves when something printed matches. */
  printed: (pattern: RegExp) => Promise<void>;
  /** Ends it as Ctrl-C does, and resolves with its exit code. */
  stop: () => Promise<number | null>;
  /** Kills it and everything that it started with SIGKILL. */
  kill: () => Promise<void>;
}

/** Creates a folder that is removed at the end of the scope: `await using folder = await temporaryFolder()`. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "petstore-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs the command line of the offline runtime, as `npm start` does, in a separate process group. */
export const run = (args: string[], options: RunOptions = {}) =>
  runProgram(process.execPath, [command, ...args], options);

/** Runs a program in a separate process group, and collects what it prints. */
export function runProgram(program: string, args: string[], options: RunOptions = {}) {
  const child = spawn(program, args, {
    cwd: options.cwd ?? projectRoot,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  // A test can fail, or be stopped, before it ends what it started.
  const guard = startProcessGuard();
  if (child.pid !== undefined) guard.add(child.pid);
  let printedSoFar = "";
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      // An error that is thrown here fails the whole run.
      assertImpersonal(line);
      printedSoFar += `${line}\n`;
      for (const watcher of watchers) watcher();
    });
  }
  const exited = once(child, "close") as Promise<[code: number | null]>;
  void exited.then(guard.close);

  return {
    process: child,
    output: () => printedSoFar,
    exited: exited.then(([code]) => code),
    printed: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const check = () => {
          if (!pattern.test(printedSoFar)) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
        exited.then(() =>
          reject(new Error(`it ended before printing ${pattern}:\n${printedSoFar}`)),
        );
      }),
  };
}

/** Starts the offline runtime on a free port and waits until it serves. */
export async function startOffline(
  state: string,
  options: { args?: string[] } & RunOptions = {},
): Promise<Offline> {
  const args = ["--port", "0", "--state", state, ...(options.args ?? [])];
  const { process: child, exited, output, printed } = run(args, options);
  await printed(/Ready/);
  const [url] = /http:\/\/localhost:\d+/.exec(output()) as RegExpExecArray;
  const signal = async (target: number, name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(target, name);
    return exited;
  };
  return {
    url,
    state,
    token: tokensOf(state),
    process: child,
    output,
    printed,
    stop: () => signal(child.pid as number, "SIGINT"),
    kill: async () => void (await signal(-(child.pid as number), "SIGKILL")),
  };
}
