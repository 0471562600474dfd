import { join } from "node:path";
import { openLogFile } from "../../state/log-file.ts";

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
export function openPermissions(stateDirectory: string, log: (line: string) => void) {
  const path = join(stateDirectory, "permissions.jsonl");
  const file = openLogFile(path, { flags: "w", onStop: log });
  const written = new Set<string>();
  return {
    record(decision: Decision): void {
      const line = `${JSON.stringify(decision)}\n`;
      if (written.has(line)) return;
      written.add(line);
      file.write(line);
    },
    close: file.close,
  };
}
