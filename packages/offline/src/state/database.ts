import { closeSync, openSync, readSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { openStateFile } from "./state-file.ts";

/** A check takes 0.2 s per 100 MB, so larger databases are not checked. */
const MAX_CHECKED_BYTES = 100 * 1024 * 1024;

/** Milliseconds to wait for another connection of this runtime. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Opens an SQLite database of the state. A commit writes to the log without syncing the disk: it survives
 * SIGKILL, but the last commits may be lost in a power failure.
 *
 * @param schema statements that create missing tables
 * @param prepare prepares statements and reads initial data
 * @throws {UserError} The file is damaged or cannot be used.
 */
export function openDatabase<T>(
  path: string,
  schema: string,
  prepare: (database: DatabaseSync) => T,
): T & { database: DatabaseSync } {
  checkDatabase(path);
  return openStateFile(path, () => {
    const database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
    try {
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${schema}`);
      return { database, ...prepare(database) };
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Checks a database, if it exists, before the runtime or an emulator opens it.
 *
 * @throws {UserError} The database is damaged.
 */
export function checkDatabase(path: string): void {
  openStateFile(path, () => {
    const file = statSync(path, { throwIfNoEntry: false });
    if (!file) return;
    if (!file.isFile()) throw new Error("not a file");
    const log = `${path}-wal`;
    openStateFile(log, checkLog);
    if (file.size > MAX_CHECKED_BYTES) return;
    const database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
    try {
      const result = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
      if (result !== "ok") throw new Error("SQLite's quick_check fails");
    } finally {
      database.close();
    }
  });
}

/**
 * Checks the header of a write-ahead log. SQLite ignores a log without a valid header, and with it all
 * commits since the last checkpoint.
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 *
 * @throws {Error} The header is not valid.
 */
function checkLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return;
  const header = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    readSync(file, header);
  } finally {
    closeSync(file);
  }
  // After a power failure the header may be missing.
  const isWritten = header.some((byte) => byte !== 0);
  if (isWritten && header.readUInt32BE() >>> 1 !== 0x377f0682 >>> 1) {
    throw new Error("not a write-ahead log");
  }
}
