import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const projectRoot = resolve(import.meta.dirname, "../..");

/** Exists only on Linux. */
const RAM_DISK = "/dev/shm";

/** The tools of a section. */
export interface Bench {
  /** Whether to use less data and fewer rounds. */
  quick: boolean;
  /** Registers a cleanup, which runs at the end of the section or on Ctrl-C, the last one first. */
  defer(close: () => unknown): void;
  /** Creates a folder that is deleted at the end of the section; in memory if the system can. */
  createFolder(location?: "memory"): Promise<string>;
}

/** Measures something and prints tables. */
export type Section = (bench: Bench) => Promise<void>;

/** Runs a section, and its cleanups when it ends or `signal` aborts it. */
export async function runSection(
  section: Section,
  quick: boolean,
  signal: AbortSignal,
): Promise<void> {
  await using cleanups = new AsyncDisposableStack();
  const defer = (close: () => unknown) => cleanups.defer(async () => void (await close()));
  const work = section({
    quick,
    defer,
    async createFolder(location) {
      const parent = location === "memory" && existsSync(RAM_DISK) ? RAM_DISK : tmpdir();
      const path = await mkdtemp(join(parent, "petstore-bench-"));
      defer(() => rm(path, { recursive: true, force: true }));
      return path;
    },
  });
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  await Promise.race([work, aborted]);
  if (signal.aborted) work.catch(() => {});
}
