import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** What IAM decided, the first time it was asked. */
export interface Decision {
  /** Logical name of the function, or of the schedule. */
  function: string;
  action: string;
  resource: string;
  allowed: boolean;
}

/**
 * Keeps `permissions.jsonl` in a state's directory: a line for every distinct decision of this run,
 * so that it tells which rights are used and costs nothing.
 */
export function openPermissions(stateDirectory: string) {
  const file = openSync(join(stateDirectory, "permissions.jsonl"), "w");
  const written = new Set<string>();
  return {
    record(decision: Decision): void {
      const line = `${JSON.stringify(decision)}\n`;
      if (written.has(line)) return;
      written.add(line);
      writeSync(file, line);
    },
    close: async () => closeSync(file),
  };
}
