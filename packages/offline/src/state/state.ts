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
import { acquireLock } from "../util/file-lock.ts";
import { UserError } from "../util/user-error.ts";
import { restrictToOwner, stateFileError } from "./state-file.ts";

/** Raise it when an older runtime could not read what this one writes. */
const FORMAT = 1;

/** The mode of folders. */
const OWNER_ONLY = 0o700;

/** A directory with one of these files is a state. */
export const LOCK = "offline.lock";
const STATE = "state.json";

/** An empty file while data is being discarded: if that was cut short, the next start completes it. */
const DISCARDING = "discarding";

const StateFile = z.object({
  format: z.int(),
  /** The process that opened the state last; while the lock is held, the one that holds it. */
  pid: z.int(),
});
type StateFile = z.infer<typeof StateFile>;

/** The directory in which one stage of an app keeps its data from run to run. */
export interface State {
  directory: string;
  /** Creates, if need be, the directory where one engine keeps its data. */
  dataDirectory(engine: string): string;
  /** Lets the next runtime in. */
  close(): void;
}

/**
 * Opens the state in `directory` for this process alone, readable by its owner only. `fresh` first
 * discards what is in it.
 *
 * @throws {UserError} The directory is in use, is not a state, is damaged, or was written by a newer
 *   version.
 */
export function openState(directory: string, { fresh = false } = {}): State {
  const root = resolve(directory);
  claim(root);
  const held = takeLock(root, fresh);
  try {
    restrictToOwner(root);
    const entries = readdirSync(root);
    if (fresh || entries.includes(DISCARDING)) discardData(root);
    // A missing file is written anew, and the data next to it stays: there has been no other format.
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

/** Never touches a directory in which somebody else keeps something. */
function claim(root: string): void {
  let entries: string[];
  try {
    mkdirSync(root, { recursive: true, mode: OWNER_ONLY });
    entries = readdirSync(root);
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw new UserError(`Choose another --state: ${(error as Error).message}.`, { cause: error });
  }
  if (entries.length > 0 && !entries.includes(LOCK) && !read(root)) {
    throw new UserError(`Choose a new or empty directory for --state: ${root} holds other files.`);
  }
}

/** No runtime holds a damaged lock file: SQLite reports a lock before it reads the file. */
function takeLock(root: string, fresh: boolean) {
  const file = join(root, LOCK);
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
  // Emptied in place: another one that starts now must not lock a file of the same name.
  if (statSync(file).isFile()) truncateSync(file);
  else rmSync(file, { recursive: true });
  return attempt();
}

function inUse(root: string): UserError {
  const pid = read(root)?.pid;
  const holder = pid === undefined ? "Another process" : `Process ${pid}`;
  return new UserError(
    `${holder} is using ${root}: stop it, or give this one a state of its own with --stage or --state.`,
  );
}

function checkFormat(root: string): void {
  const format = read(root)?.format;
  if (format === FORMAT) return;
  const problem = format === undefined ? "is unreadable" : `has format ${format}, not ${FORMAT}`;
  throw new UserError(`${join(root, STATE)} ${problem}: start once with --fresh to discard it.`);
}

function discardData(root: string): void {
  const mark = join(root, DISCARDING);
  writeFileSync(mark, "", { mode: 0o600 });
  for (const entry of readdirSync(root)) {
    if (entry === LOCK || entry === DISCARDING) continue;
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
