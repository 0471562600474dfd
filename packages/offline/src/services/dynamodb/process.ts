import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { startProcessGuard } from "../../util/process-guard.ts";

/** The line that an engine prints, on either stream, once it accepts connections. */
const LISTENING = /listening on (http:\/\/\S+)$/i;
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
  const guard = startProcessGuard();
  if (child.pid !== undefined) guard.add(child.pid);

  let output = "";
  let closing = false;
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(`${output.trim()} (${signal ?? `exit ${code}`})`),
    );
  }).finally(guard.close);

  // By line: dynoxide writes the URL in a dozen pieces, and half an address is one, too.
  const listening = new Promise<string>((resolve) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        output = `${output}${line}\n`.slice(-OUTPUT_KEPT);
        const endpoint = LISTENING.exec(line)?.[1];
        if (endpoint) resolve(endpoint);
      });
    }
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
