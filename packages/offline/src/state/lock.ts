import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/**
 * Takes the lock that the file stands for; undefined when another process has it.
 *
 * SQLite's exclusive lock is the operating system's own, the one portable lock that Node can take:
 * of two starters exactly one gets it, and it ends with its process, however that dies. So there is
 * no stale lock to find out and no window in which to take it over.
 */
export function lock(file: string): { release(): void } | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
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
