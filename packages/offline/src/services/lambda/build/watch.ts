import { type FSWatcher, watch } from "node:fs";
import { dirname, join, sep } from "node:path";

/** Notices edits of source files. */
export interface Watcher {
  /** Watches these files, and whatever else appears in their directories. */
  add(files: string[]): void;
  close(): void;
}

/**
 * Watches directories through the kernel. esbuild's own watch mode polls, and may take two seconds
 * to see an edit: too long for a request that follows it. Installed packages are left out.
 *
 * @param onChange called with the file that was changed, created or deleted.
 */
export function watchSources(onChange: (file: string) => void): Watcher {
  const watchers = new Map<string, FSWatcher>();

  function watchDirectory(directory: string) {
    if (watchers.has(directory)) return;
    try {
      const watcher = watch(directory, (_event, name) => name && onChange(join(directory, name)));
      watcher.on("error", () => forget(directory));
      watchers.set(directory, watcher);
    } catch {
      // Not there (yet): a build that needs it has failed, and is tried again on the next edit.
    }
  }

  function forget(directory: string) {
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
      for (const directory of [...watchers.keys()]) forget(directory);
    },
  };
}
