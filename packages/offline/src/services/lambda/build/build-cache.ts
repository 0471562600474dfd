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

/** The result of a build. */
export interface Built {
  /** Paths are absolute, in the `outdir` of the options. */
  files: { path: string; contents: Uint8Array; hash: string }[];
  /** Absolute paths of the source files. */
  inputs: string[];
}

type Options = BuildOptions & { absWorkingDir: string };

/** Milliseconds that the clock of file times may be behind `Date.now()`. */
const FILE_CLOCK_LAG = 20;

/**
 * Runs a build, or returns the cached result of the same build if its inputs have not changed since.
 * Bundling is most of the time that a function's first request takes. Results are stored in the
 * project's `node_modules/.cache`, one file for each build.
 *
 * Changes are detected by the sizes and times of files, as in `make`: of the sources, and of the JSON
 * files in their folders and above, which configure how imports resolve and TypeScript compiles.
 *
 * @param tools further files that the result depends on
 * @throws {Error} esbuild's `BuildFailure`
 */
export async function cachedBuild(options: Options, tools: string[]): Promise<Built> {
  const root = options.absWorkingDir;
  const file = cacheFile(options);
  const cached = file && readCache(file, tools, root);
  if (cached) return cached;

  const startedAt = Date.now();
  const { outputFiles = [], metafile } = await build({ ...options, metafile: true, write: false });
  const inputs = Object.keys(metafile?.inputs ?? {});
  const built = {
    files: outputFiles.map(({ path, contents, hash }) => ({ path, contents, hash })),
    // Plugins can name inputs that are no files.
    inputs: inputs.map((path) => resolve(root, path)).filter((path) => existsSync(path)),
  };
  const { hash, changedAt } = hashFiles([...built.inputs, ...tools], root);
  // A file that changed during the build may have been read before the change.
  if (file && changedAt < startedAt - FILE_CLOCK_LAG)
    await writeCache(file, { ...built, state: hash });
  return built;
}

function cacheFile(options: Options): string | undefined {
  const modules = join(options.absWorkingDir, "node_modules");
  // A link may lead to another project, in which this cache would never be deleted.
  if (!lstatSync(modules, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return join(modules, ".cache", "offline", "builds", sha256([version, options]));
}

function readCache(file: string, tools: string[], root: string): Built | undefined {
  try {
    const { state, ...built } = deserialize(readFileSync(file));
    return hashFiles([...built.inputs, ...tools], root).hash === state ? built : undefined;
  } catch {
    // There is no cached result, or one of its sources has been deleted.
    return undefined;
  }
}

async function writeCache(file: string, content: Built & { state: string }): Promise<void> {
  // Another process may write the same file at the same time.
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    await writeFile(draft, serialize(content));
    renameSync(draft, file);
  } catch {
    // Without a cached result the next build runs again.
    rmSync(draft, { force: true });
  }
}

/** Hashes the sizes and times of files. `changedAt` is the latest change, in ms since the epoch. */
function hashFiles(files: string[], root: string): { hash: string; changedAt: number } {
  let changedAt = 0;
  const facts = [...files, ...jsonFilesAbove(files, root)].map((path) => {
    const { size, ctimeMs } = statSync(path);
    changedAt = Math.max(changedAt, ctimeMs);
    return [path, size, ctimeMs];
  });
  return { hash: sha256(facts), changedAt };
}

/** Lists the JSON files in the folders of the files and above, up to the root. */
function jsonFilesAbove(files: string[], root: string): string[] {
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
