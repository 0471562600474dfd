import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { UserError } from "../user-error.ts";
import { lock } from "./lock.ts";

/** Raise it when an older runtime could not read what this one writes. */
const FORMAT = 1;

/** Also the mark by which a directory is known as ours. */
export const LOCK = "offline.lock";
const STATE = "state.json";

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
 * Opens the state in `directory` for this process alone. `fresh` first throws away what is in it.
 *
 * @throws {UserError} The directory is in use, is not one of ours, or was written by a newer version.
 */
export function openState(directory: string, { fresh = false } = {}): State {
  const root = resolve(directory);
  claim(root);
  const held = lock(join(root, LOCK));
  if (!held) throw inUse(root);
  try {
    // Wiping removes state.json first: without it, a wipe was cut short (or nothing is there yet).
    if (fresh || !readdirSync(root).includes(STATE)) wipe(root);
    else checkFormat(root);
    write(root, { format: FORMAT, pid: process.pid });
  } catch (error) {
    held.release();
    throw error;
  }
  return {
    directory: root,
    dataDirectory(engine) {
      const data = join(root, "data", engine);
      mkdirSync(data, { recursive: true });
      return data;
    },
    close: held.release,
  };
}

/** Never touches a directory in which somebody else keeps something. */
function claim(root: string): void {
  let entries: string[];
  try {
    mkdirSync(root, { recursive: true });
    entries = readdirSync(root);
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw new UserError(`Choose another --state: ${(error as Error).message}.`, { cause: error });
  }
  if (entries.length > 0 && !entries.includes(LOCK)) {
    throw new UserError(`Choose a new or empty directory for --state: ${root} holds other files.`);
  }
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

function wipe(root: string): void {
  rmSync(join(root, STATE), { force: true });
  for (const entry of readdirSync(root)) {
    if (entry !== LOCK) rmSync(join(root, entry), { recursive: true, force: true });
  }
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
  writeFileSync(draft, `${JSON.stringify(state)}\n`);
  renameSync(draft, join(root, STATE));
}
