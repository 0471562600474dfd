/** Milliseconds that a line waits for others to be written with. */
const GATHERING_MS = 10;

export interface LineWriter {
  write(line: string): void;
  /** Writes at once what still waits. */
  flush(): void;
}

/**
 * Gathers lines, and writes those of a moment together: under load, a system call for every line
 * would be a quarter of the main process's work.
 */
export function gatherLines(write: (text: string) => void): LineWriter {
  let gathered = "";
  let timer: NodeJS.Timeout | undefined;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (gathered) write(gathered);
    gathered = "";
  }
  return {
    write(line) {
      gathered += `${line}\n`;
      timer ??= setTimeout(flush, GATHERING_MS);
    },
    flush,
  };
}
