import { chmodSync, lstatSync, readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../util/user-error.ts";

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;

/** With less free space than this (bytes), a failed emulator is assumed to have run out of space. */
const NEEDED_SPACE = 1024 * 1024;

/**
 * Opens or reads a file of the state.
 *
 * @throws {UserError} The file is damaged or cannot be used.
 */
export function openStateFile<T>(path: string, open: (path: string) => T): T {
  try {
    return open(path);
  } catch (error) {
    throw stateFileError(path, error);
  }
}

/**
 * Returns a function that uses an open file of the state. If that fails, the runtime cannot continue: it
 * calls `onFailure` with a sentence and throws the error, so that nothing is acknowledged that is not
 * stored.
 */
export function stateFileUser(path: string, onFailure: (reason: string) => void) {
  return <T>(use: () => T): T => {
    try {
      return use();
    } catch (error) {
      // The database is closed because the runtime is ending.
      if ((error as NodeJS.ErrnoException).code === "ERR_INVALID_STATE") throw error;
      const stateError = stateFileError(path, error);
      onFailure(stateError.message);
      throw stateError;
    }
  };
}

/** Returns the error for a file of the state that cannot be used, and what to do about it. */
export function stateFileError(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError(
    describeFileError(path, error as NodeJS.ErrnoException & { errcode?: number }),
    {
      cause: error,
    },
  );
}

function describeFileError(
  path: string,
  { code, errcode = 0, message }: NodeJS.ErrnoException & { errcode?: number },
): string {
  const sqlite = errcode & 0xff;
  const reason = message.split("\n", 1)[0]?.replace(/\.$/, "");
  if (code === "ENOSPC" || code === "EDQUOT" || sqlite === SQLITE_FULL) return diskFull(path);
  if (sqlite === SQLITE_IOERR) {
    return `${path} could not be read or written (${reason}): make sure that the disk has free space and works, then run npm start again.`;
  }
  if (sqlite === SQLITE_BUSY) {
    return `Another program has locked ${path}: end that program, then run npm start again.`;
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return `${path} cannot be used (${reason}): change its owner to you, or choose another --state.`;
  }
  return `${path} is damaged (${reason}): start once with --fresh to discard all data.`;
}

/**
 * Returns the sentence about a full disk, as the reason of an emulator's failure; undefined when the disk
 * has space.
 */
export function fullDiskOf(directory: string): string | undefined {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < NEEDED_SPACE ? diskFull(directory) : undefined;
}

const diskFull = (path: string) =>
  `The disk is full, so ${path} could not be written: free some space, then run npm start again.`;

/** Removes the permissions of group and others from a file, or from a folder and its contents. */
export function restrictToOwner(path: string): void {
  const file = lstatSync(path);
  if (file.isSymbolicLink()) return;
  if (file.mode & 0o077) chmodSync(path, file.mode & 0o700);
  if (!file.isDirectory()) return;
  for (const name of readdirSync(path)) restrictToOwner(join(path, name));
}
