import { spawn } from "node:child_process";

/** Sees to it that processes of ours do not outlive us. */
export interface Guard {
  /** Watches the process group that this process leads. */
  add(pid: number): void;
  remove(pid: number): void;
  close(): void;
}

/**
 * Starts a guard: it kills what it watches as soon as our process is gone, even if that was by
 * SIGKILL, for the kernel then closes our end of its input. An engine that stayed would keep the
 * data open under the next one, a function in an endless loop a core busy.
 */
export function startGuard(): Guard {
  const child = spawn(
    "/bin/sh",
    // Each line takes the place of the one before.
    ["-c", 'while read -r line; do pids=$line; done; for pid in $pids; do kill -9 "-$pid"; done'],
    { detached: true, stdio: ["pipe", "ignore", "ignore"] },
  );
  // Without it all works, and only a SIGKILL leaves something behind.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const pids = new Set<number>();
  const tell = () => void child.stdin.write(`${[...pids].join(" ")}\n`);
  return {
    add(pid) {
      pids.add(pid);
      tell();
    },
    remove(pid) {
      pids.delete(pid);
      tell();
    },
    close: () => void child.kill("SIGKILL"),
  };
}
