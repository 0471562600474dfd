import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

const SQLITE_BUSY = 5;

/** Milliseconds between two attempts to acquire a lock that another process holds. */
const RETRY_INTERVAL = 200;

/** The lock file of a state folder, by which `describePortOwner` recognizes a runtime. */
export const STATE_LOCK = "offline.lock";

export interface FileLock {
  release(): void;
}

/**
 * Acquires the exclusive lock on a file.
 *
 * It is SQLite's lock, the only portable file lock that Node can acquire. The operating system
 * grants it to exactly one process and releases it when that process ends, even by SIGKILL, so there
 * are no stale locks.
 *
 * @returns undefined when another process holds the lock
 * @throws {Error} The file is not an SQLite database, or cannot be written.
 */
export function acquireLock(file: string): FileLock | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

/**
 * Runs `task` while this process holds the lock on `file`, and waits for the lock if necessary.
 *
 * @param onWait called once, when another process holds the lock
 */
export async function withLock<T>(
  file: string,
  task: () => Promise<T>,
  onWait: () => void,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  let lock = acquireLock(file);
  if (!lock) onWait();
  while (!lock) {
    await sleep(RETRY_INTERVAL);
    lock = acquireLock(file);
  }
  try {
    return await task();
  } finally {
    lock.release();
  }
}
