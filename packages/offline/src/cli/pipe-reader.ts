import { spawn } from "node:child_process";
import { fstatSync } from "node:fs";

const STDOUT = 1;

/**
 * Calls `onGone` when the process that reads our standard output has ended, as in `npm start | head`.
 * A write would fail then, but without requests there is none.
 *
 * GNU tail (coreutils 8.28 or newer) polls its output for that, which Node cannot. The tail of other
 * systems does not know `--pid` and ends at once; there the next write tells.
 */
export function watchPipeReader(onGone: () => void): void {
  if (!fstatSync(STDOUT).isFIFO()) return;
  const tail = spawn("tail", ["-f", `--pid=${process.pid}`, "/dev/null"], {
    stdio: ["ignore", STDOUT, "ignore"],
  });
  tail.on("error", () => {});
  tail.on("exit", (_code, signal) => {
    if (signal === "SIGPIPE") onGone();
  });
  tail.unref();
  process.once("exit", () => tail.kill());
}
