import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of a program that is on the PATH. */
export function executable(name: string): string | undefined {
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
