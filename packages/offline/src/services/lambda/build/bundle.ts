import { cpSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative, resolve } from "node:path";
import { type BuildFailure, formatMessages } from "esbuild";
import type { Build } from "../../../graph/graph.ts";
import { restrictToOwner } from "../../../state/state-file.ts";
import { UserError } from "../../../util/user-error.ts";
import { type Built, cachedBuild } from "./build-cache.ts";
import { nodejsOptions } from "./nodejs-options.ts";

/** A bundled function on disk. */
export interface Bundle {
  directory: string;
  /** The bundle's main file. */
  file: string;
  /** Lambda's `Handler`: `bundle.<export>`. */
  handler: string;
  /** Changes with the code. */
  hash: string;
  /** The source files it was made of, absolute. */
  inputs: string[];
}

/** The sources do not build. The message is for a terminal: what is wrong, with file and line. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  /** The source files that are to blame, as far as known. */
  readonly inputs: string[];

  constructor(message: string, inputs: string[]) {
    super(message);
    this.inputs = inputs;
  }
}

/**
 * Bundles a function from its sources into `directory`, which is rewritten only if its code is
 * not `previousHash`.
 *
 * One plain build per function and no esbuild context: contexts rebuild a third faster (180
 * against 270 ms for an AWS SDK handler), but keep every syntax tree in memory, 50 MB a function;
 * and one build for all functions would make the first request wait for all of them.
 *
 * @throws {BuildError} Any other error is esbuild's own.
 */
export async function bundle(
  {
    build: request,
    directory,
    projectRoot,
  }: { build: Build; directory: string; projectRoot: string },
  previousHash?: string,
): Promise<Bundle> {
  const source = request.handler.slice(0, -extname(request.handler).length);
  const entry = findSource(resolve(projectRoot, source));
  if (!entry) {
    throw new BuildError(`${request.handler}: no such file`, [
      resolve(projectRoot, `${source}.ts`),
    ]);
  }
  try {
    const { options, plugins } = await nodejsOptions(request, entry, projectRoot);
    const { files, inputs } = await cachedBuild(options, plugins);
    const hash = files.map((file) => file.hash).join();
    if (hash !== previousHash) {
      write(files, options.outdir, directory, entry);
      copy(request.copyFiles ?? [], directory, projectRoot);
    }
    return {
      directory,
      file: join(directory, `bundle${options.outExtension?.[".js"]}`),
      handler: `bundle${extname(request.handler)}`,
      hash,
      inputs,
    };
  } catch (error) {
    if (error instanceof UserError) throw new BuildError(error.message, [entry]);
    const { errors } = error as Partial<BuildFailure>;
    throw errors ? await readable(errors, entry, projectRoot) : error;
  }
}

/** The handler's file, in the order in which SST tries extensions. */
function findSource(path: string): string | undefined {
  const extensions = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
  return extensions
    .map((extension) => path + extension)
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

function write(files: Built["files"], outdir: string, directory: string, entry: string) {
  rmSync(directory, { recursive: true, force: true });
  for (const { path, contents } of files) {
    const target = join(directory, relative(outdir, path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
  // External packages are found from the bundle as they are from the source.
  const modules = findNodeModules(dirname(entry));
  if (modules) symlinkSync(modules, join(directory, "node_modules"), "junction");
}

/** What `copyFiles` names, files or folders, as they are at the time of the build. */
function copy(files: NonNullable<Build["copyFiles"]>, directory: string, projectRoot: string) {
  for (const { from, to } of files) {
    const target = join(directory, to);
    cpSync(resolve(projectRoot, from), target, { recursive: true, dereference: true });
    restrictToOwner(target);
  }
}

function findNodeModules(directory: string): string | undefined {
  const modules = join(directory, "node_modules");
  if (statSync(modules, { throwIfNoEntry: false })) return modules;
  const parent = dirname(directory);
  return parent === directory ? undefined : findNodeModules(parent);
}

async function readable(errors: BuildFailure["errors"], entry: string, projectRoot: string) {
  const messages = await formatMessages(errors, { kind: "error" });
  const files = errors.flatMap(({ location }) => (location ? [location.file] : []));
  return new BuildError(messages.join("").trimEnd(), [
    entry,
    ...files.map((file) => resolve(projectRoot, file)),
  ]);
}
