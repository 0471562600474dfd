import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";
import * as z from "zod";
import type { Build } from "../../../graph/graph.ts";
import { UserError } from "../../../util/user-error.ts";

/**
 * The fields of the `nodejs` option of `sst.aws.Function` that SST 4.17's bundler reads. It ignores
 * other fields of `esbuild` without an error (pkg/runtime/node/node.go).
 */
const NodejsOptions = z.object({
  loader: z.record(z.string(), z.string()).default({}),
  install: z
    .union([z.array(z.string()), z.record(z.string(), z.string()).transform(Object.keys)])
    .default([]),
  banner: z.string().default(""),
  minify: z.boolean().default(false),
  format: z.string().default("esm"),
  splitting: z.boolean().default(false),
  plugins: z.string().default(""),
  esbuild: z
    .object({
      target: z.string().optional(),
      sourcemap: z
        .union([z.boolean(), z.enum(["inline", "linked", "external", "both"])])
        .optional(),
      keepNames: z.boolean().optional(),
      define: z.record(z.string(), z.string()).optional(),
      external: z.array(z.string()).default([]),
      nodePaths: z.array(z.string()).optional(),
      mainFields: z.array(z.string()).optional(),
      conditions: z.array(z.string()).optional(),
    })
    .prefault({}),
});

const TARGETS: Record<string, string> = {
  "nodejs24.x": "es2024",
  "nodejs22.x": "es2023",
  "nodejs20.x": "es2023",
  "nodejs18.x": "es2022",
};

/** Defines the variables of the CommonJS scope that bundled packages use and ES modules lack. */
const ESM_BANNER = [
  `import { createRequire as topLevelCreateRequire } from 'module';`,
  `const require = topLevelCreateRequire(import.meta.url);`,
  `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"`,
  `const __filename = topLevelFileUrlToPath(import.meta.url)`,
  `const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))`,
].join("\n");

export interface NodejsBuild {
  options: BuildOptions & { absWorkingDir: string; outdir: string };
  /** The files in the folder of the plugins: a change may change the build. */
  plugins: string[];
}

/**
 * Returns the esbuild options with which `sst deploy` bundles a function, according to SST's
 * pkg/runtime/node/build.go. There are two deviations, neither of which changes the code that runs:
 * source maps name the sources on this disk without containing them, and plugins' filters apply.
 *
 * @param entry the handler's source file
 * @throws {UserError} The runtime is not Node.js, the `nodejs` options are not valid, or the file of
 *   plugins cannot be loaded.
 */
export async function nodejsOptions(
  build: Build,
  entry: string,
  projectRoot: string,
): Promise<NodejsBuild> {
  const target = TARGETS[build.runtime];
  if (!target) {
    const known = Object.keys(TARGETS).join(", ");
    throw new UserError(
      `${build.functionID} uses ${build.runtime}, which is not supported offline: use one of ${known}.`,
    );
  }
  const parsed = NodejsOptions.safeParse(build.nodejs ?? {});
  if (!parsed.success) {
    throw new UserError(
      `The nodejs options of ${build.functionID} are not valid: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { esbuild, minify, ...nodejs } = parsed.data;
  const esm = nodejs.format !== "cjs";
  const extension = esm ? ".mjs" : ".cjs";
  const plugins = nodejs.plugins && resolve(projectRoot, nodejs.plugins);
  const options: NodejsBuild["options"] = {
    entryPoints: [entry],
    absWorkingDir: projectRoot,
    outdir: projectRoot,
    entryNames: "bundle",
    outExtension: { ".js": extension },
    bundle: true,
    platform: "node",
    format: esm ? "esm" : "cjs",
    target: esbuild.target ?? target,
    mainFields: esbuild.mainFields ?? (esm ? ["module", "main"] : ["main"]),
    // esbuild adds the condition `module` only when there are no others.
    ...(esbuild.conditions?.length && { conditions: esbuild.conditions }),
    external: ["sharp", "pg-native", ...nodejs.install, ...esbuild.external],
    keepNames: esbuild.keepNames ?? true,
    minify,
    splitting: nodejs.splitting,
    sourcemap: esbuild.sourcemap ?? "linked",
    sourcesContent: false,
    sourceRoot: pathToFileURL(`${projectRoot}/`).href,
    loader: nodejs.loader as NonNullable<BuildOptions["loader"]>,
    banner: { js: esm ? `${ESM_BANNER}\n${nodejs.banner}` : nodejs.banner },
    ...(esbuild.define && { define: esbuild.define }),
    ...(esbuild.nodePaths && { nodePaths: esbuild.nodePaths }),
    plugins: plugins ? await loadPlugins(plugins) : [],
    logLevel: "silent",
  };
  return { options, plugins: plugins ? listFolderOf(plugins) : [] };
}

async function loadPlugins(file: string): Promise<Plugin[]> {
  try {
    return (await import(pathToFileURL(file).href)).default;
  } catch (error) {
    throw new UserError(
      `The esbuild plugins in ${file} cannot be loaded: ${(error as Error).message}`,
    );
  }
}

const listFolderOf = (file: string) =>
  readdirSync(dirname(file)).map((name) => join(dirname(file), name));
