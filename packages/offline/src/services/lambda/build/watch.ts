import { type FSWatcher, watch } from "node:fs";
import { dirname, join, sep } from "node:path";

/** Watches source files for changes. */
export interface Watcher {
  /** Watches these files and everything else in their directories. */
  add(files: string[]): void;
  close(): void;
}

/**
 * Starts a watcher that uses the kernel's notifications. esbuild's watch mode polls and may take two
 * seconds to detect a change, too long for a request that follows it. Installed packages are not
 * watched.
 *
 * @param onChange called with the file that was changed, created or deleted
 */
export function watchSources(onChange: (file: string) => void): Watcher {
  const watchers = new Map<string, FSWatcher>();

  function watchDirectory(directory: string) {
    if (watchers.has(directory)) return;
    try {
      const watcher = watch(directory, (_event, name) => name && onChange(join(directory, name)));
      watcher.on("error", () => unwatch(directory));
      watchers.set(directory, watcher);
    } catch {
      // The directory does not exist. The build that needs it failed and runs again after the next edit.
    }
  }

  function unwatch(directory: string) {
    watchers.get(directory)?.close();
    watchers.delete(directory);
  }

  return {
    add(files) {
      for (const file of files) {
        if (!file.includes(`${sep}node_modules${sep}`)) watchDirectory(dirname(file));
      }
    },
    close() {
      for (const directory of [...watchers.keys()]) unwatch(directory);
    },
  };
}
