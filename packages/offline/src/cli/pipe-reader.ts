import { spawn } from "node:child_process";
import { fstatSync } from "node:fs";

const STDOUT = 1;

/**
 * Calls `onEnd` when the process that reads our standard output has ended, as in `npm start | head`. The
 * next write would fail, but without requests nothing is written.
 *
 * GNU tail (coreutils 8.28 or newer) polls its output for this, which Node cannot. The tail of other
 * systems rejects `--pid` and ends at once; there the next write fails.
 */
export function watchPipeReader(onEnd: () => void): void {
  if (!fstatSync(STDOUT).isFIFO()) return;
  const tail = spawn("tail", ["-f", `--pid=${process.pid}`, "/dev/null"], {
    stdio: ["ignore", STDOUT, "ignore"],
  });
  tail.on("error", () => {});
  tail.on("exit", (_code, signal) => {
    if (signal === "SIGPIPE") onEnd();
  });
  tail.unref();
  process.once("exit", () => tail.kill());
}
