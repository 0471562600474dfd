import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { startProcessGuard } from "../../util/process-guard.ts";

/** The line that an engine prints to stdout or stderr when it accepts connections. */
const LISTENING = /listening on (http:\/\/\S+)$/i;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 3_000;

/** Characters of output that an error message contains. */
const MAX_OUTPUT = 4_000;

export interface EngineProcess {
  endpoint: string;
  /** Sends SIGTERM, then SIGKILL; resolves when the process has exited. */
  close(): Promise<void>;
}

/**
 * Starts an engine, and waits until it is listening.
 *
 * The engine has a separate process group. Ctrl-C then signals only the runtime, and functions can
 * finish before their database stops.
 *
 * @param onExit called with the engine's output when it exits without a call of `close`
 * @throws {Error} with the engine's output when it exits before it is listening
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

  // By line, because dynoxide writes the URL in several pieces, and a part of it can be a URL as well.
  const listening = new Promise<string>((resolve) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        output = `${output}${line}\n`.slice(-MAX_OUTPUT);
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
