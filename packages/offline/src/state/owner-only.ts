import { chmodSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Takes the permissions of group and others from a file, or from a folder and all that is in it. */
export function restrictToOwner(path: string): void {
  const file = lstatSync(path);
  if (file.isSymbolicLink()) return;
  if (file.mode & 0o077) chmodSync(path, file.mode & 0o700);
  if (!file.isDirectory()) return;
  for (const name of readdirSync(path)) restrictToOwner(join(path, name));
}
