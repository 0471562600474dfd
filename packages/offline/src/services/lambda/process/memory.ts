import { readFileSync } from "node:fs";

/**
 * Resident memory of a process in bytes, from Linux's `/proc/<pid>/statm` (proc(5)).
 * Undefined when the process is gone, and on systems without `/proc`.
 */
export function residentMemory(pid: number): number | undefined {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ", 2);
    return Number(resident) * PAGE_SIZE;
  } catch {
    return undefined;
  }
}

/** Of x86-64 and of all common arm64 kernels. */
const PAGE_SIZE = 4096;
