import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

const BUSY = 5; // SQLITE_BUSY

/**
 * Runs `task` while no other process holds the lock on `file`. SQLite's file lock is the kernel's:
 * it goes with the process that held it, so a killed one leaves nothing behind to clean up.
 *
 * @param onWait called once if somebody else holds the lock.
 */
export async function withLock<T>(
  file: string,
  task: () => Promise<T>,
  onWait: () => void,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    for (let waiting = false; !acquire(lock); waiting = true) {
      if (!waiting) onWait();
      await sleep(200);
    }
    return await task();
  } finally {
    lock.close();
  }
}

function acquire(lock: DatabaseSync): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === BUSY) return false;
    throw error;
  }
}
