import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { openStateFile } from "./state-file.ts";

/** At this size a log file is renamed to `<name>.1`, replacing the earlier one. */
const MAX_BYTES = 10 * 1024 * 1024;

export interface LogFileOptions {
  /** `a` appends to the existing file, `w` replaces it. */
  flags: "a" | "w";
  /** Called once, with a sentence, when the file can no longer be written. Logging then stops. */
  onStop: (reason: string) => void;
  maxBytes?: number;
}

/** A log file. The app continues when it cannot be written. */
export interface LogFile {
  write(text: string): void;
  close(): Promise<void>;
}

/**
 * Opens a log file, which with its predecessor never exceeds twice `maxBytes`.
 *
 * @throws {UserError} The file cannot be opened.
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
        onStop(`Stopped writing to ${path}: ${(error as Error).message}.`);
      }
    },
    async close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
