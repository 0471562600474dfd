import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LOCK } from "../state/state.ts";

const LISTENING = "0A";

/**
 * Describes the process that listens on a TCP port, by what Linux says under `/proc`: another runtime
 * by its process id and state folder, any other program by its process id and name. A runtime is
 * known by the lock of its state, which it holds open.
 *
 * @returns undefined for a process of another user, and on other systems
 */
export function describePortOwner(port: number): string | undefined {
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    const folder = join("/proc", pid, "fd");
    const files = list(folder).map((name) => read(() => readlinkSync(join(folder, name))));
    if (!files.some((file) => sockets.has(file))) continue;
    const lock = files.find((file) => basename(file) === LOCK);
    if (lock !== undefined) {
      return `another npm start (process ${pid}, data in ${dirname(lock)})`;
    }
    const [program = ""] = read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    return `process ${pid} (${basename(program)})`;
  }
  return undefined;
}

/** As `/proc/<pid>/fd` names them. https://docs.kernel.org/networking/proc_net_tcp.html */
function listeningSockets(port: number): Set<string> {
  const hexPort = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = ["/proc/net/tcp", "/proc/net/tcp6"]
    .flatMap((file) => read(() => readFileSync(file, "utf8")).split("\n"))
    .map((line) => line.trim().split(/\s+/));
  return new Set(
    rows
      .filter(([, local, , state]) => local?.endsWith(hexPort) && state === LISTENING)
      .map((columns) => `socket:[${columns[9]}]`),
  );
}

const list = (folder: string) => orElse(() => readdirSync(folder), []);
const read = (text: () => string) => orElse(text, "");

/** Processes end while they are looked at, and those of other users may not be looked at. */
function orElse<Result>(look: () => Result, otherwise: Result): Result {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
