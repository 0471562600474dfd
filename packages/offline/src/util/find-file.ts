import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** In the order in which SST tries them for a handler. */
const SOURCE_EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/**
 * Finds the source file of a function's handler.
 *
 * @param path without the extension
 */
export function findSourceFile(path: string): string | undefined {
  return SOURCE_EXTENSIONS.map((extension) => path + extension).find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
}

/** Finds a program on the PATH. */
export function findExecutable(name: string): string | undefined {
  const directories = process.env.PATH?.split(delimiter) ?? [];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
