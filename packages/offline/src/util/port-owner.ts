import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { STATE_LOCK } from "./file-lock.ts";

const LISTENING = "0A";

/**
 * Describes the process that listens on a TCP port, from Linux's `/proc`: another runtime by its process
 * id and state folder, any other program by its process id and name. A runtime is recognized by the lock
 * file of its state, which it holds open.
 *
 * @returns undefined for a process of another user, and on other systems than Linux
 */
export function describePortOwner(port: number): string | undefined {
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    const folder = join("/proc", pid, "fd");
    const files = list(folder).map((name) => read(() => readlinkSync(join(folder, name))));
    if (!files.some((file) => sockets.has(file))) continue;
    const lock = files.find((file) => basename(file) === STATE_LOCK);
    if (lock !== undefined) {
      return `another npm start (process ${pid}, data in ${dirname(lock)})`;
    }
    const [program = ""] = read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    return `process ${pid} (${basename(program)})`;
  }
  return undefined;
}

/** Returns sockets by their names in `/proc/<pid>/fd`. https://docs.kernel.org/networking/proc_net_tcp.html */
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

/** Returns `otherwise` when a process has ended meanwhile or belongs to another user. */
function orElse<Result>(look: () => Result, otherwise: Result): Result {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
