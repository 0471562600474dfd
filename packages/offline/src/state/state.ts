import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { acquireLock, STATE_LOCK } from "../util/file-lock.ts";
import { UserError } from "../util/user-error.ts";
import { restrictToOwner, stateFileError } from "./state-file.ts";

/** Increment it when an older runtime cannot read what this one writes. */
const FORMAT = 1;

const OWNER_ONLY = 0o700;

/** A directory with this file or the lock file is a state. */
const STATE = "state.json";

/** An empty file that exists while data is discarded, so that the next start completes an interrupted one. */
const DISCARDING = "discarding";

const StateFile = z.object({
  format: z.int(),
  /** The process that opened the state last. It holds the lock if the lock is held. */
  pid: z.int(),
});
type StateFile = z.infer<typeof StateFile>;

/** The directory with the data of one stage of an app. */
export interface State {
  directory: string;
  /** Returns the directory for the data of one engine, and creates it if necessary. */
  dataDirectory(engine: string): string;
  /** Releases the lock. */
  close(): void;
}

/**
 * Opens the state in `directory` for this process only, readable by its owner only.
 *
 * @param options `fresh`: first discards all data
 *
 * @throws {UserError} The directory is in use, is not a state, is damaged, or was written by a newer
 *   version.
 */
export function openState(directory: string, { fresh = false } = {}): State {
  const root = resolve(directory);
  checkDirectory(root);
  const held = takeLock(root, fresh);
  try {
    restrictToOwner(root);
    const entries = readdirSync(root);
    if (fresh || entries.includes(DISCARDING)) discardData(root);
    // Without the file the data is used: there has been only one format.
    else if (entries.includes(STATE)) checkFormat(root);
    write(root, { format: FORMAT, pid: process.pid });
  } catch (error) {
    held.release();
    throw stateFileError(join(root, STATE), error);
  }
  return {
    directory: root,
    dataDirectory(engine) {
      const data = join(root, "data", engine);
      try {
        mkdirSync(data, { recursive: true, mode: OWNER_ONLY });
      } catch (error) {
        throw stateFileError(data, error);
      }
      return data;
    },
    close: held.release,
  };
}

/** Creates the directory if necessary, and rejects one with files that are not a state. */
function checkDirectory(root: string): void {
  let entries: string[];
  try {
    mkdirSync(root, { recursive: true, mode: OWNER_ONLY });
    entries = readdirSync(root);
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw new UserError(`Choose another --state: ${(error as Error).message}.`, { cause: error });
  }
  if (entries.length > 0 && !entries.includes(STATE_LOCK) && !read(root)) {
    throw new UserError(`Choose a new or empty directory for --state: ${root} holds other files.`);
  }
}

/** Replaces a damaged lock file if `fresh`. It is not held: SQLite checks the lock before it reads. */
function takeLock(root: string, fresh: boolean) {
  const file = join(root, STATE_LOCK);
  const attempt = () => {
    const held = acquireLock(file);
    if (!held) throw inUse(root);
    return held;
  };
  try {
    return attempt();
  } catch (error) {
    const stateError = stateFileError(file, error);
    if (!fresh || stateError === error) throw stateError;
  }
  // Emptied and not replaced, because another process that starts now could lock the old file.
  if (statSync(file).isFile()) truncateSync(file);
  else rmSync(file, { recursive: true });
  return attempt();
}

function inUse(root: string): UserError {
  const pid = read(root)?.pid;
  const holder = pid === undefined ? "Another process" : `Process ${pid}`;
  return new UserError(
    `${holder} is using ${root}: stop it, or choose another state with --stage or --state.`,
  );
}

function checkFormat(root: string): void {
  const format = read(root)?.format;
  if (format === FORMAT) return;
  const reason = format === undefined ? "is unreadable" : `has format ${format}, not ${FORMAT}`;
  throw new UserError(`${join(root, STATE)} ${reason}: start once with --fresh to discard it.`);
}

function discardData(root: string): void {
  const mark = join(root, DISCARDING);
  writeFileSync(mark, "", { mode: 0o600 });
  for (const entry of readdirSync(root)) {
    if (entry === STATE_LOCK || entry === DISCARDING) continue;
    rmSync(join(root, entry), { recursive: true, force: true });
  }
  rmSync(mark);
}

function read(root: string): StateFile | undefined {
  try {
    return StateFile.parse(JSON.parse(readFileSync(join(root, STATE), "utf8")));
  } catch {
    return undefined;
  }
}

function write(root: string, state: StateFile): void {
  const draft = join(root, `${STATE}.new`);
  writeFileSync(draft, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(draft, join(root, STATE));
}
