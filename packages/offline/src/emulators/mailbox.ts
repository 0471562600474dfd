import { appendFileSync, closeSync, openSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type { Mail } from "./mail.ts";

export type { Mail } from "./mail.ts";

/** Where all mail goes that an app sends offline. */
export interface Mailbox {
  /** The mail is in the file when this returns. */
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
 */
export function openMailbox(stateDir: string): Mailbox {
  const path = pathOf(stateDir);
  const file = openSync(path, "a");
  const recorded = readFileSync(path);
  truncateSync(path, recorded.lastIndexOf("\n") + 1);
  return {
    record: (mail) => appendFileSync(file, `${JSON.stringify(mail)}\n`),
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
