import { stop as stopEsbuild } from "esbuild";
import type { LambdaFunction } from "../resources.ts";
import { BuildError, type Bundle, bundle } from "./bundle.ts";
import type { Watcher } from "./watch.ts";

/** The code of one function: built when first needed, and again when a source changes. */
export interface Code {
  /** Returns the code to run; undefined before the first successful build. */
  current(): Bundle | undefined;
  /** Returns undefined when the code is up to date, otherwise a promise of that. */
  update(): Promise<void> | undefined;
  /** Like `update`, but with a lower priority than builds that a request waits for. */
  prebuild(): Promise<void> | undefined;
  /** Rebuilds the code if it depends on the file that has changed. */
  onSourceChange(file: string): void;
  /** Resolves when the running build, if any, has ended. */
  close(): Promise<void>;
}

export interface CodeOptions {
  fn: LambdaFunction;
  projectRoot: string;
  directory: string;
  queue: BuildQueue;
  watcher: Watcher;
  /** Called after a rebuild that changed the bundle, with its duration. */
  onReload(milliseconds: number): void;
  /** Called when the sources cannot be built. The last code, if any, remains current. */
  onBuildError(message: string): void;
}

/** Milliseconds from the first change to the build, because editors save in several steps. */
const EDIT_DELAY = 20;

/**
 * Milliseconds before esbuild is restarted. By then all builds that failed with its process have
 * ended; and if Ctrl-C, which reaches esbuild too, ended the process, the runtime is closing.
 */
const ESBUILD_RESTART_DELAY = 100;

/** Creates the code of a function, which is not built yet. */
export function createCode(options: CodeOptions): Code {
  const { fn, directory, projectRoot, queue, watcher, onReload, onBuildError } = options;
  let current: Bundle | undefined;
  let inputs = new Set<string>();
  let isBroken = false;
  let isOutdated = true;
  let isUrgent = false;
  let updating: Promise<void> | undefined;
  let closed = false;

  async function build() {
    isOutdated = false;
    if (closed) return;
    const startedAt = performance.now();
    const previous = current;
    try {
      current = await runBuild().catch(retryBuild);
      inputs = new Set(current.inputs);
      isBroken = false;
      if (previous && previous.hash !== current.hash) onReload(performance.now() - startedAt);
    } catch (error) {
      if (closed) return;
      const { message, inputs: brokenInputs } =
        error instanceof BuildError ? error : { message: String(error), inputs: [] };
      inputs = new Set([...inputs, ...brokenInputs]);
      isBroken = true;
      onBuildError(message);
    }
    if (!closed) watcher.add([...inputs]);
  }

  function runBuild(): Promise<Bundle> {
    return bundle({ build: fn.build, directory, projectRoot }, current?.hash);
  }

  /** Builds once more with a new esbuild process, unless the sources are wrong or Ctrl-C ended it. */
  async function retryBuild(error: unknown): Promise<Bundle> {
    if (error instanceof BuildError) throw error;
    await stopEsbuild();
    await new Promise((resolve) => setTimeout(resolve, ESBUILD_RESTART_DELAY));
    if (closed) throw error;
    return runBuild();
  }

  function rebuild(delay: number): Promise<void> {
    isOutdated = true;
    updating ??= (async () => {
      while (isOutdated) {
        if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
        await queue(build, () => isUrgent);
      }
      isUrgent = false;
      updating = undefined;
    })();
    return updating;
  }

  function prebuild() {
    return updating ?? (isOutdated ? rebuild(0) : undefined);
  }

  return {
    current: () => current,
    update() {
      const promise = prebuild();
      isUrgent = promise !== undefined;
      return promise;
    },
    prebuild,
    onSourceChange(file) {
      // A file that a broken build lacks may appear anywhere in the watched folders.
      if (inputs.has(file) || isBroken) rebuild(EDIT_DELAY);
    },
    async close() {
      closed = true;
      await updating;
    },
  };
}

/** Runs builds, a few at a time, urgent ones first. */
export type BuildQueue = (build: () => Promise<void>, isUrgent: () => boolean) => Promise<void>;

/**
 * Creates a build queue.
 *
 * @param slots the number of concurrent builds; a few are enough, as esbuild itself uses all cores
 * @param events `onBusy` is called before the first of several builds, `onIdle` after the last one
 */
export function createBuildQueue(
  slots: number,
  events: { onBusy(): void; onIdle(): void },
): BuildQueue {
  const waiting: { start: () => void; isUrgent: () => boolean }[] = [];
  let running = 0;

  function startNext() {
    if (running >= slots || waiting.length === 0) return;
    const urgent = waiting.findIndex((job) => job.isUrgent());
    const [job] = waiting.splice(Math.max(urgent, 0), 1);
    if (running === 0) events.onBusy();
    running++;
    job?.start();
  }

  return async (build, isUrgent) => {
    await new Promise<void>((start) => {
      waiting.push({ start, isUrgent });
      startNext();
    });
    try {
      await build();
    } finally {
      running--;
      startNext();
      if (running === 0) events.onIdle();
    }
  };
}
