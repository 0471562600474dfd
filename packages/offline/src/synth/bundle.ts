import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type BuildFailure, build } from "esbuild";
import { UserError } from "../util/user-error.ts";

/**
 * Bundles `sst.config.ts` with the SST components as SST's command line does: to one ES module that
 * exports `config` and the platform's `run`, with the `$…` helpers and every provider (`aws`, `sst`) in
 * scope of the project's files. `$app`, `$cli` and `$dev` remain global variables.
 *
 * @param outfile inside the platform's directory, from which the external packages resolve
 * @returns the project's files in the bundle, relative to the root, sorted
 * @throws {UserError} A file has a syntax error or an import that does not resolve.
 */
export async function bundleConfig(root: string, outfile: string): Promise<string[]> {
  const platform = join(root, ".sst", "platform");
  const providers: { alias: string; package: string }[] = JSON.parse(
    readFileSync(join(root, ".sst", "provider-lock.json"), "utf8"),
  );
  // Prepended to the first line, so that line numbers remain correct.
  const globals = [
    `import * as sst from ${JSON.stringify(join(platform, "src/components/index.ts"))};`,
    ...providers.map(({ alias, package: name }) => `import * as ${alias} from "${name}";`),
  ].join("");
  try {
    const { metafile } = await build({
      absWorkingDir: root,
      stdin: {
        contents: [
          `export { run } from ${JSON.stringify(join(platform, "src/auto/run.ts"))};`,
          `export { default as config } from "./sst.config.ts";`,
        ].join("\n"),
        resolveDir: root,
      },
      inject: [join(platform, "src/shim/run.js")],
      plugins: [
        {
          name: "globals",
          setup({ onLoad }) {
            onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
              if (!isProjectFile(relative(root, path))) return undefined;
              const loader = /\.[cm]?ts$/.test(path) ? "ts" : "js";
              return { contents: globals + (await readFile(path, "utf8")), loader };
            });
          },
        },
      ],
      bundle: true,
      platform: "node",
      format: "esm",
      target: "es2022",
      mainFields: ["module", "main"],
      nodePaths: [join(platform, "node_modules")],
      external: [
        "@pulumi/*",
        "@pulumiverse/*",
        "@sst-provider/*",
        "@aws-sdk/*",
        ...["archiver", "esbuild", "glob", "undici", "vite"],
      ],
      banner: {
        js: [
          `import { createRequire as __createRequire } from "node:module";`,
          `const require = __createRequire(import.meta.url);`,
          `const __dirname = import.meta.dirname;`,
        ].join("\n"),
      },
      keepNames: true,
      sourcemap: "inline",
      metafile: true,
      outfile,
      logLevel: "silent",
    });
    return Object.keys(metafile.inputs).filter(isProjectFile).sort();
  } catch (error) {
    throw new UserError(describeFailure(error as BuildFailure));
  }
}

/** Returns whether a path, relative to the root, is a file of the project itself. */
export function isProjectFile(file: string): boolean {
  return !/^(\.\.|\.sst\/|<|node:)|(^|\/)node_modules\//.test(file);
}

function describeFailure({ errors, message }: BuildFailure): string {
  const [first] = errors ?? [];
  if (!first) return message;
  const at = first.location;
  return `${at ? `${at.file}:${at.line}: ` : ""}${first.text}`;
}
