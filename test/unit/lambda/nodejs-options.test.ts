import { nodejsOptions } from "@petstore/offline/services/lambda/build/nodejs-options";
import { describe, expect, it } from "vitest";

async function options(nodejs?: Record<string, unknown>, runtime = "nodejs24.x") {
  const build = {
    functionID: "F",
    handler: "f.handler",
    runtime,
    links: {},
    ...(nodejs && { nodejs }),
  };
  return (await nodejsOptions(build, "/app/f.ts", "/app")).options;
}

describe("nodejsOptions", () => {
  it("returns SST's defaults", async () => {
    const defaults = await options();
    expect(defaults).toMatchObject({
      platform: "node",
      format: "esm",
      target: "es2024",
      mainFields: ["module", "main"],
      external: ["sharp", "pg-native"],
      keepNames: true,
      minify: false,
      sourcemap: "linked",
      outExtension: { ".js": ".mjs" },
    });
    expect(defaults.banner?.js).toContain("createRequire");
    expect(defaults).not.toHaveProperty("conditions");
  });

  it("applies the `nodejs` options", async () => {
    const adjusted = await options({
      minify: true,
      banner: "// mine",
      install: ["left-pad"],
      splitting: true,
      loader: { ".md": "text" },
      esbuild: {
        external: ["x"],
        keepNames: false,
        define: { A: "1" },
        conditions: ["worker"],
        target: "es2022",
      },
    });
    expect(adjusted).toMatchObject({
      minify: true,
      keepNames: false,
      splitting: true,
      external: ["sharp", "pg-native", "left-pad", "x"],
      define: { A: "1" },
      conditions: ["worker"],
      target: "es2022",
      loader: { ".md": "text" },
    });
    expect(adjusted.banner?.js).toMatch(/createRequire[\s\S]*\/\/ mine$/);
  });

  it("ignores esbuild options that SST ignores", async () => {
    expect(await options({ esbuild: { drop: ["console"] } })).not.toHaveProperty("drop");
  });

  it("builds CommonJS", async () => {
    expect(await options({ format: "cjs" })).toMatchObject({
      format: "cjs",
      mainFields: ["main"],
      banner: { js: "" },
      outExtension: { ".js": ".cjs" },
    });
  });

  it("chooses an older target for an older runtime", async () => {
    expect(await options(undefined, "nodejs22.x")).toMatchObject({ target: "es2023" });
  });

  it("rejects what is not supported offline", async () => {
    await expect(options(undefined, "python3.13")).rejects.toThrow(
      /^F uses python3.13, which is not supported offline: use one of/,
    );
    await expect(options({ minify: "yes" })).rejects.toThrow(
      /The nodejs options of F are not valid:.*\n.*minify/,
    );
    await expect(options({ plugins: "none.mjs" })).rejects.toThrow(
      /plugins in \/app\/none.mjs cannot be loaded/,
    );
  });
});
