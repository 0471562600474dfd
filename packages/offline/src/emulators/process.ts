import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** The line that an engine prints, on either stream, once it accepts connections. */
const LISTENING = /listening on (http:\/\/\S+)\n/i;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 3_000;
const OUTPUT_KEPT = 4_000;

export interface EngineProcess {
  endpoint: string;
  /** SIGTERM, then SIGKILL; resolves when the process has ended. */
  close(): Promise<void>;
}

/**
 * Starts an engine and waits until it says that it is listening.
 *
 * It gets a process group of its own: Ctrl-C then reaches only us, and the functions can finish
 * before their database goes away. `onExit` hears of an exit that `close` did not ask for.
 *
 * Rejects with what the engine had to say when it ends before it listens.
 */
export async function startProcess(
  command: string,
  args: string[],
  onExit: (reason: string) => void,
): Promise<EngineProcess> {
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const endWithUs = child.pid === undefined ? undefined : guard(child.pid);

  let output = "";
  let closing = false;
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(`${output.trim()} (${signal ?? `exit ${code}`})`),
    );
  }).finally(() => endWithUs?.kill("SIGKILL"));

  const listening = new Promise<string>((resolve) => {
    const read = (chunk: string) => {
      output = (output + chunk).slice(-OUTPUT_KEPT);
      const endpoint = LISTENING.exec(output)?.[1];
      if (endpoint) resolve(endpoint);
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
  });

  const failed = exited.then((reason) => Promise.reject(new Error(reason)));
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const endpoint = await Promise.race([listening, failed]).finally(() => clearTimeout(timer));

  failed.catch((error: Error) => {
    if (!closing) onExit(error.message);
  });

  return {
    endpoint,
    async close() {
      closing = true;
      await stop(child);
      await exited;
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exit.finally(() => clearTimeout(timer));
}

/**
 * Kills the process as soon as ours is gone, even if that was by SIGKILL: the kernel then closes
 * our end of the guard's input. An engine that stayed would keep the data open under the next one.
 */
function guard(pid: number): ChildProcess {
  return spawn("/bin/sh", ["-c", 'read -r _; kill -9 "$0"', String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
}
