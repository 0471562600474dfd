import { spawn } from "node:child_process";

/** Kills child process groups when this process dies, even by SIGKILL. */
export interface ProcessGuard {
  /** Watches the process group that this process leads. */
  add(pid: number): void;
  remove(pid: number): void;
  close(): void;
}

/**
 * Starts a process guard: a shell whose input closes when this process ends, whatever the cause.
 * Without it, a remaining engine would hold the data files open, and a function in an endless loop
 * would use a whole core.
 */
export function startProcessGuard(): ProcessGuard {
  const child = spawn(
    "/bin/sh",
    // Each line replaces the list of the line before.
    ["-c", 'while read -r line; do pids=$line; done; for pid in $pids; do kill -9 "-$pid"; done'],
    { detached: true, stdio: ["pipe", "ignore", "ignore"] },
  );
  // Without a shell everything still works, but a SIGKILL leaves processes behind.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const pids = new Set<number>();
  const sendPids = () => void child.stdin.write(`${[...pids].join(" ")}\n`);
  return {
    add(pid) {
      pids.add(pid);
      sendPids();
    },
    remove(pid) {
      pids.delete(pid);
      sendPids();
    },
    close: () => void child.kill("SIGKILL"),
  };
}
