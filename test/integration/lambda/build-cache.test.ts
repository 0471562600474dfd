import { mkdir, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedBuild } from "@petstore/offline/services/lambda/build/build-cache";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../../support/offline.ts";

/** A project with one entry, and how often it has been built. */
async function project() {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const path = (file: string) => join(folder.path, file);
  const write = (file: string, text: string) => writeFile(path(file), text);
  await mkdir(path("node_modules"));
  await mkdir(path("src"));
  await write("src/entry.ts", `import { name } from "./name.ts"; console.log(name);`);
  await write("src/name.ts", `export const name = "first";`);
  await write("tool.mjs", "");

  let builds = 0;
  let onEnd = async () => {};
  const counter = {
    name: "counter",
    setup(build: import("esbuild").PluginBuild) {
      build.onStart(() => void builds++);
      build.onEnd(() => onEnd());
    },
  };
  const build = async (minify = false) => {
    const before = builds;
    const options = {
      absWorkingDir: folder.path,
      entryPoints: [path("src/entry.ts")],
      outdir: folder.path,
      bundle: true,
      minify,
      plugins: [counter],
      logLevel: "silent" as const,
    };
    const { files, inputs } = await cachedBuild(options, [path("tool.mjs")]);
    const code = Buffer.from(files[0]?.contents ?? []).toString();
    return { code, hash: files[0]?.hash, inputs, wasBuilt: builds > before };
  };
  /** Builds until the result is cached, which requires files that are older than the build. */
  const cached = () => expect.poll(async () => (await build()).wasBuilt).toBe(false);
  return { path, write, build, cached, during: (work: () => Promise<void>) => (onEnd = work) };
}

describe("cachedBuild", () => {
  it("builds the same sources once", async () => {
    const { build, cached } = await project();
    const made = await build();
    await cached();
    expect(await build()).toEqual({ ...made, wasBuilt: false });
    expect(made.code).toContain("first");
    expect(made.inputs).toHaveLength(2);
    expect((await build(true)).wasBuilt).toBe(true);
  });

  it.each([
    ["a source", "src/name.ts", `export const name = "second";`],
    ["a source, to the same length", "src/name.ts", `export const name = "other";`],
    ["the resolution of imports", "src/package.json", `{ "sideEffects": false }`],
    [
      "the TypeScript configuration",
      "tsconfig.json",
      `{ "compilerOptions": { "target": "es2020" } }`,
    ],
    ["a tool", "tool.mjs", "// other"],
  ])("builds again after a change of %s", async (_, file, text) => {
    const { write, build, cached } = await project();
    await cached();
    await write(file, text);
    expect((await build()).wasBuilt).toBe(true);
    await cached();
  });

  it("detects a change although the modification time was set back", async () => {
    const { path, write, build, cached } = await project();
    await utimes(path("src/name.ts"), 1, 1);
    await cached();
    await write("src/name.ts", `export const name = "other";`);
    await utimes(path("src/name.ts"), 1, 1);
    expect(await build()).toMatchObject({ wasBuilt: true, code: expect.stringContaining("other") });
  });

  it("builds again after a change during a build", async () => {
    const { write, build, during } = await project();
    during(() => write("src/name.ts", `export const name = "later";`));
    expect((await build()).code).toContain("first");
    expect((await build()).code).toContain("later");
  });

  it("fails when a source was deleted, although the build is cached", async () => {
    const { path, build, cached } = await project();
    await cached();
    await rm(path("src/name.ts"));
    await expect(build()).rejects.toThrow(/Could not resolve/);
  });

  it("builds again when the cached file is damaged", async () => {
    const { path, write, build, cached } = await project();
    await cached();
    const folder = "node_modules/.cache/offline/builds";
    const [name] = await readdir(path(folder));
    await write(`${folder}/${name}`, "nonsense");
    expect(await build()).toMatchObject({ wasBuilt: true, code: expect.stringContaining("first") });
  });

  it("caches nothing when node_modules is a link to another project", async () => {
    const { path, build } = await project();
    const other = await project();
    await rm(path("node_modules"), { recursive: true });
    await symlink(other.path("node_modules"), path("node_modules"));
    // Its files were written later, so those here are old enough by then.
    await other.cached();
    await build();
    expect((await build()).wasBuilt).toBe(true);
  });
});
