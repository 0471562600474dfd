import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { processesOf } from "./processes.ts";

/** Where a process listens for TCP connections. */
export interface Listener {
  address: string;
  port: number;
}

const LISTEN = "0A";

/**
 * Returns the TCP listeners of the processes that have this text in their command line or environment
 * (Linux only). https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function listenersOf(text: string): Listener[] {
  const sockets = new Set(
    processesOf(text).flatMap((line) => socketsOf(Number.parseInt(line, 10))),
  );
  return ["tcp", "tcp6"]
    .flatMap((table) => readFileSync(`/proc/net/${table}`, "utf8").split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = ""]) => state === LISTEN && sockets.has(inode))
    .map(([, local = ""]) => parse(local));
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
    } catch {
      // The socket has been closed.
      return [];
    }
  });
}

/** Parses, for example, `0100007F:1F90`. Java listens on IPv4-mapped IPv6 addresses. */
function parse(local: string): Listener {
  const [address = "", port = ""] = local.split(":");
  return {
    address: Buffer.from(address.slice(-8), "hex").reverse().join("."),
    port: Number.parseInt(port, 16),
  };
}
