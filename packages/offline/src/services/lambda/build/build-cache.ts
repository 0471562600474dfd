import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type BuildOptions, build, version } from "esbuild";

/** What esbuild made. */
export interface Built {
  /** The paths are absolute, in the `outdir` that was asked for. */
  files: { path: string; contents: Uint8Array; hash: string }[];
  /** The source files it was made of, absolute. */
  inputs: string[];
}

type Options = BuildOptions & { absWorkingDir: string };

/** How far the clock of files' times may be behind the other one, in milliseconds. */
const CLOCK_STEP = 20;

/**
 * Builds, unless the same build has been made before, in this run or another, and nothing that it
 * was made of has changed since: bundling is most of what a function's first request waits for.
 * What was built is kept in the project's `node_modules/.cache`, one file for each build there is.
 *
 * Whether something has changed is asked of the files' sizes and times, as `make` does: of the
 * sources, and of the JSON files in their folders and above, which say how imports resolve and what
 * TypeScript means.
 *
 * @param tools further files that decide what is built
 * @throws esbuild's `BuildFailure`
 */
export async function cachedBuild(options: Options, tools: string[]): Promise<Built> {
  const root = options.absWorkingDir;
  const file = cacheFile(options);
  const kept = file && read(file, tools, root);
  if (kept) return kept;

  const startedAt = Date.now();
  const { outputFiles = [], metafile } = await build({ ...options, metafile: true, write: false });
  const inputs = Object.keys(metafile?.inputs ?? {});
  const built = {
    files: outputFiles.map(({ path, contents, hash }) => ({ path, contents, hash })),
    // Plugins can make up others.
    inputs: inputs.map((path) => resolve(root, path)).filter((path) => existsSync(path)),
  };
  const { hash, changedAt } = stateOf([...built.inputs, ...tools], root);
  // A file that changed meanwhile may have been read before.
  if (file && changedAt < startedAt - CLOCK_STEP) await write(file, { ...built, state: hash });
  return built;
}

function cacheFile(options: Options): string | undefined {
  const modules = join(options.absWorkingDir, "node_modules");
  // Where it is a link to another project's, there is no telling who would tidy up.
  if (!lstatSync(modules, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return join(modules, ".cache", "offline", "builds", sha256([version, options]));
}

function read(file: string, tools: string[], root: string): Built | undefined {
  try {
    const { state, ...built } = deserialize(readFileSync(file));
    return stateOf([...built.inputs, ...tools], root).hash === state ? built : undefined;
  } catch {
    // There is none, or one of its sources is gone.
    return undefined;
  }
}

async function write(file: string, content: Built & { state: string }): Promise<void> {
  // Others may write the same at the same time.
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    await writeFile(draft, serialize(content));
    renameSync(draft, file);
  } catch {
    // Where nothing can be kept, the next build is made anew.
    rmSync(draft, { force: true });
  }
}

/** A hash that changes with any of the files, and when that last happened (Unix time in ms). */
function stateOf(files: string[], root: string): { hash: string; changedAt: number } {
  let changedAt = 0;
  const facts = [...files, ...settingsOf(files, root)].map((path) => {
    const { size, ctimeMs } = statSync(path);
    changedAt = Math.max(changedAt, ctimeMs);
    return [path, size, ctimeMs];
  });
  return { hash: sha256(facts), changedAt };
}

/** The JSON files in the folders of files and above, up to the root. */
function settingsOf(files: string[], root: string): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    let folder = dirname(file);
    while (folder.startsWith(root) && !folders.has(folder)) {
      folders.add(folder);
      folder = dirname(folder);
    }
  }
  return [...folders].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name)),
  );
}

const sha256 = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");
