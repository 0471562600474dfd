import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { openStateFile } from "./state-file.ts";

/** At this size a log file becomes `<name>.1`, in the place of the one before, and a new one begins. */
const MAX_BYTES = 10 * 1024 * 1024;

export interface LogFileOptions {
  /** `a` adds to what an earlier runtime has written, `w` replaces it. */
  flags: "a" | "w";
  /** Called with a sentence, once, when the file can no longer be written. The log stops then. */
  onStop: (reason: string) => void;
  maxBytes?: number;
}

/** A file that text is added to, for people to read: the app runs on when it cannot be written. */
export interface LogFile {
  write(text: string): void;
  close(): Promise<void>;
}

/**
 * Opens a log file, of which there are never more than twice `maxBytes`.
 *
 * @throws {UserError} It cannot be opened.
 */
export function openLogFile(path: string, options: LogFileOptions): LogFile {
  const { flags, onStop, maxBytes = MAX_BYTES } = options;
  let file: number | undefined = openStateFile(path, () => openSync(path, flags));
  let size = fstatSync(file).size;

  function rotate(full: number) {
    closeSync(full);
    renameSync(path, `${path}.1`);
    file = openSync(path, "w");
    size = 0;
  }

  return {
    write(text) {
      if (file === undefined) return;
      const bytes = Buffer.from(text);
      try {
        if (size > 0 && size + bytes.length > maxBytes) rotate(file);
        size += writeSync(file, bytes);
      } catch (error) {
        file = undefined;
        onStop(`Nothing more is written to ${path}: ${(error as Error).message}.`);
      }
    },
    async close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
