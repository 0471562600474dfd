import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { openStateFile, stateFileUser } from "../../state/state-file.ts";
import type { Mail } from "./mail.ts";

export type { Mail } from "./mail.ts";

/** Stores all mail that an app sends offline. */
export interface Mailbox {
  /**
   * Writes a mail to the file.
   *
   * @throws {UserError} The file cannot be written.
   */
  record(mail: Mail): void;
  /** Returns all mails, the oldest first. */
  list(): Mail[];
  close(): Promise<void>;
}

/**
 * Opens `<stateDir>/mailbox.jsonl`, with one JSON object (`Mail`) per line. Other processes can read it
 * at the same time.
 *
 * `record` passes each line to the kernel in one write before it returns, so acknowledged mails survive
 * `kill -9`. A line that a kill cut short was not acknowledged, and is removed here.
 *
 * @param onFailure called with the reason when the file can no longer be written
 * @throws {UserError} The file is damaged.
 */
export function openMailbox(stateDir: string, onFailure = (_reason: string) => {}): Mailbox {
  const path = pathOf(stateDir);
  const file = openStateFile(path, () => {
    const opened = openSync(path, "a");
    removeUnfinishedLine(path);
    return opened;
  });
  const use = stateFileUser(path, onFailure);
  return {
    record: (mail) => use(() => append(file, `${JSON.stringify(mail)}\n`)),
    list: () => readMailbox(stateDir),
    async close() {
      closeSync(file);
    },
  };
}

/** Returns all mails in a mailbox, the oldest first. This or another process may have it open. */
export function readMailbox(stateDir: string): Mail[] {
  const lines = readFileSync(pathOf(stateDir), "utf8").split("\n");
  // The text after the last newline is empty, or a line that is being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

const pathOf = (stateDir: string) => join(stateDir, "mailbox.jsonl");

/**
 * Removes a last line without a newline.
 *
 * @throws {Error} A line is not a JSON object, or the unfinished one is not the beginning of a mail.
 */
function removeUnfinishedLine(path: string): void {
  const content = readFileSync(path);
  const end = content.lastIndexOf("\n") + 1;
  const lines = content.toString().split("\n");
  const unfinished = lines.pop() as string;
  const broken = lines.findIndex((line) => !isObject(line));
  if (broken !== -1) throw new Error(`line ${broken + 1} is not a mail`);
  if (!`{"messageId":"`.startsWith(unfinished.slice(0, 14))) {
    throw new Error(`line ${lines.length + 1} is not a mail`);
  }
  truncateSync(path, end);
}

function isObject(json: string): boolean {
  try {
    return JSON.parse(json)?.constructor === Object;
  } catch {
    return false;
  }
}

/** Appends a whole line, or nothing if the disk is full. */
function append(file: number, line: string): void {
  const { size } = fstatSync(file);
  const bytes = Buffer.from(line);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
}
