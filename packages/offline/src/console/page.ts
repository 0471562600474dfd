import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

const FOLDER = join(import.meta.dirname, "page");

/** A file of the page. */
export interface Asset {
  type: string;
  content: string;
}

/** The files of the page by path, each read, or built, when it is first asked for. */
export const assets: Record<string, () => Promise<Asset>> = {
  "/": once(async () => ({
    type: "text/html; charset=utf-8",
    content: await readFile(join(FOLDER, "index.html"), "utf8"),
  })),
  "/style.css": once(async () => ({
    type: "text/css; charset=utf-8",
    content: await bundle("style.css"),
  })),
  "/icon.svg": once(async () => ({
    type: "image/svg+xml",
    content: await readFile(join(FOLDER, "icon.svg"), "utf8"),
  })),
  "/page.js": once(async () => ({
    type: "text/javascript; charset=utf-8",
    content: await bundle("main.tsx"),
  })),
};

/**
 * The page's program, or its style, in one piece. esbuild runs as a command of its own, and is gone with its memory when it is
 * done; its service belongs to the functions.
 */
async function bundle(entry: string): Promise<string> {
  const esbuild = createRequire(import.meta.url).resolve("esbuild/bin/esbuild");
  const options = ["--bundle", "--minify", "--format=esm", "--target=es2024"];
  const { stdout } = await promisify(execFile)(esbuild, [join(FOLDER, entry), ...options], {
    maxBuffer: 10 * 1024 * 1024,
  });
  return stdout;
}

/** A failure is not kept: the next one who asks has another try. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work().catch((error) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
