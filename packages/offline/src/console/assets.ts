import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Panel } from "../runtime/panel.ts";

const FOLDER = join(import.meta.dirname, "page");

/** A file of the page. */
export interface Asset {
  type: string;
  content: string;
}

/**
 * Returns the files of the page, by path. Each is read or built at its first request.
 *
 * @param panels their views become part of the page's script
 */
export function createAssets(panels: Panel[]): Record<string, () => Promise<Asset>> {
  return {
    "/": loadOnce(async () => ({
      type: "text/html; charset=utf-8",
      content: await readFile(join(FOLDER, "index.html"), "utf8"),
    })),
    "/style.css": loadOnce(async () => ({
      type: "text/css; charset=utf-8",
      content: await bundle(`@import ${JSON.stringify(join(FOLDER, "style.css"))};`, "css"),
    })),
    "/icon.svg": loadOnce(async () => ({
      type: "image/svg+xml",
      content: await readFile(join(FOLDER, "icon.svg"), "utf8"),
    })),
    "/page.js": loadOnce(async () => ({
      type: "text/javascript; charset=utf-8",
      content: await bundle(writeEntry(panels), "tsx"),
    })),
  };
}

/** Returns the source of the script's entry, which imports the panels' views and starts the page. */
function writeEntry(panels: Panel[]): string {
  const views = panels.flatMap(({ id, view }) => (view ? [{ id, file: fileURLToPath(view) }] : []));
  return [
    `import { startPage } from ${JSON.stringify(join(FOLDER, "app.tsx"))};`,
    ...views.map(({ file }, index) => `import view${index} from ${JSON.stringify(file)};`),
    `startPage({ ${views.map(({ id }, index) => `${JSON.stringify(id)}: view${index}`).join(", ")} });`,
  ].join("\n");
}

/**
 * Bundles an entry into one file. esbuild runs as a separate process, which frees its memory afterwards
 * and does not delay the bundling of functions.
 */
async function bundle(entry: string, loader: "tsx" | "css"): Promise<string> {
  const esbuild = createRequire(import.meta.url).resolve("esbuild/bin/esbuild");
  const options = ["--bundle", "--minify", "--format=esm", "--target=es2024", `--loader=${loader}`];
  const jsx = ["--jsx=automatic", "--jsx-import-source=preact"];
  const building = promisify(execFile)(esbuild, [...options, ...jsx], {
    cwd: FOLDER,
    maxBuffer: 10 * 1024 * 1024,
  });
  building.child.stdin?.end(entry);
  return (await building).stdout;
}

/** Caches the result of `work`. Errors are not cached, so the next call tries again. */
function loadOnce<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work().catch((error) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
