import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const projectRoot = resolve(import.meta.dirname, "../..");

/** Linux has it. */
const RAM_DISK = "/dev/shm";

/** What a section is given. */
export interface Bench {
  /** Less data, so that it is sooner done. */
  quick: boolean;
  /** Registers what ends something: at the end of the section, the last one first, or on Ctrl-C. */
  defer(close: () => unknown): void;
  /** A new folder that is gone at the end of the section; in memory, where the system can do that. */
  folder(where?: "memory"): Promise<string>;
}

/** Measures one thing, and prints a table of it. */
export type Section = (bench: Bench) => Promise<void>;

/** Runs a section and ends all that it has started, also when `signal` cuts it short. */
export async function run(section: Section, quick: boolean, signal: AbortSignal): Promise<void> {
  await using started = new AsyncDisposableStack();
  const defer = (close: () => unknown) => started.defer(async () => void (await close()));
  const work = section({
    quick,
    defer,
    async folder(where) {
      const parent = where === "memory" && existsSync(RAM_DISK) ? RAM_DISK : tmpdir();
      const path = await mkdtemp(join(parent, "petstore-bench-"));
      defer(() => rm(path, { recursive: true, force: true }));
      return path;
    },
  });
  const cut = new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  await Promise.race([work, cut]);
  if (signal.aborted) work.catch(() => {});
}
