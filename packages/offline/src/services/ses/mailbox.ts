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

/** Where all mail goes that an app sends offline. */
export interface Mailbox {
  /**
   * The mail is in the file when this returns.
   *
   * @throws {UserError} The file cannot be written.
   */
  record(mail: Mail): void;
  /** Every mail ever recorded, the oldest first. */
  list(): Mail[];
  close(): Promise<void>;
}

/**
 * Opens `<stateDir>/mailbox.jsonl`, a JSON object (`Mail`) a line, which anybody may read meanwhile.
 *
 * A line is handed to the kernel in one write before `record` returns. What is answered after that
 * survives `kill -9`; a write that the kill cut short was never answered, and is removed here.
 *
 * @param onFailure called with a sentence when the file can no longer be written
 * @throws {UserError} The file is damaged.
 */
export function openMailbox(stateDir: string, onFailure = (_reason: string) => {}): Mailbox {
  const path = pathOf(stateDir);
  const file = openStateFile(path, () => {
    const opened = openSync(path, "a");
    removeUnfinished(path);
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

/** Every mail in a mailbox that this or another process has open, the oldest first. */
export function readMailbox(stateDir: string): Mail[] {
  const lines = readFileSync(pathOf(stateDir), "utf8").split("\n");
  // After the last newline comes nothing, or a line that is still being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

const pathOf = (stateDir: string) => join(stateDir, "mailbox.jsonl");

/**
 * Removes a line that has no end.
 *
 * @throws if a line is no JSON object, or the last one is not the beginning of one
 */
function removeUnfinished(path: string): void {
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

/** Appends all of a line or, on a full disk, nothing. */
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
