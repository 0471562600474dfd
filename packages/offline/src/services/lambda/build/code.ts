import { stop as stopEsbuild } from "esbuild";
import type { LambdaFunction } from "../functions.ts";
import type { BuildQueue } from "./build-queue.ts";
import { BuildError, type Bundle, bundle } from "./bundle.ts";
import type { Watcher } from "./watch.ts";

/** The code of one function: built when first needed, and again when a source changes. */
export interface Code {
  /** The code to run. Undefined before the first build, and while the sources never built. */
  current(): Bundle | undefined;
  /** Nothing when the code is up to date, else a promise of that. */
  update(): Promise<void> | undefined;
  /** Builds it, if that has not happened, whenever there is nothing more urgent. */
  prebuild(): Promise<void> | undefined;
  /** Takes note of an edit. */
  changed(file: string): void;
  /** Resolves when nothing is being built any more. */
  close(): Promise<void>;
}

export interface CodeOptions {
  fn: LambdaFunction;
  projectRoot: string;
  directory: string;
  queue: BuildQueue;
  watcher: Watcher;
  /** Other code than before is to be run, after a build that took so many milliseconds. */
  onReload(milliseconds: number): void;
  /** The sources do not build. The code built last, if any, stays. */
  onBroken(message: string): void;
}

/** Editors save in several steps; a build begins when this time (ms) has passed since the first. */
const SETTLE = 20;

/**
 * All builds that failed with one esbuild process are over when the first of them starts another
 * one (ms); and if Ctrl-C ended it, which reaches esbuild as well as us, we are closing by then.
 */
const RESTART = 100;

export function createCode(options: CodeOptions): Code {
  const { fn, directory, projectRoot, queue, watcher, onReload, onBroken } = options;
  let current: Bundle | undefined;
  let inputs = new Set<string>();
  let broken = false;
  let outdated = true;
  let demanded = false;
  let updating: Promise<void> | undefined;
  let closed = false;

  async function build() {
    outdated = false;
    if (closed) return;
    const startedAt = performance.now();
    const previous = current;
    try {
      current = await attempt().catch(again);
      inputs = new Set(current.inputs);
      broken = false;
      if (previous && previous.hash !== current.hash) onReload(performance.now() - startedAt);
    } catch (error) {
      if (closed) return;
      const { message, inputs: blamed } =
        error instanceof BuildError ? error : { message: String(error), inputs: [] };
      inputs = new Set([...inputs, ...blamed]);
      broken = true;
      onBroken(message);
    }
    if (!closed) watcher.add([...inputs]);
  }

  function attempt(): Promise<Bundle> {
    return bundle({ build: fn.build, directory, projectRoot }, current?.hash);
  }

  /** Where esbuild's process has ended, a new one has a try, unless the end was Ctrl-C's doing. */
  async function again(error: unknown): Promise<Bundle> {
    if (error instanceof BuildError) throw error;
    await stopEsbuild();
    await new Promise((resolve) => setTimeout(resolve, RESTART));
    if (closed) throw error;
    return attempt();
  }

  function rebuild(delay: number): Promise<void> {
    outdated = true;
    updating ??= (async () => {
      while (outdated) {
        if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
        await queue(build, () => demanded);
      }
      demanded = false;
      updating = undefined;
    })();
    return updating;
  }

  function prebuild() {
    return updating ?? (outdated ? rebuild(0) : undefined);
  }

  return {
    current: () => current,
    update() {
      const promise = prebuild();
      demanded = promise !== undefined;
      return promise;
    },
    prebuild,
    changed(file) {
      // What a broken build misses may turn up anywhere nearby.
      if (inputs.has(file) || broken) rebuild(SETTLE);
    },
    async close() {
      closed = true;
      await updating;
    },
  };
}
