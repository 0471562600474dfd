import { nodejsOptions } from "@petstore/offline/services/lambda/build/nodejs-options";
import { expect, it } from "vitest";

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

it("SST's defaults", async () => {
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

it("what `nodejs` adjusts", async () => {
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

it("esbuild options that SST does not read are not read here either", async () => {
  expect(await options({ esbuild: { drop: ["console"] } })).not.toHaveProperty("drop");
});

it("CommonJS", async () => {
  expect(await options({ format: "cjs" })).toMatchObject({
    format: "cjs",
    mainFields: ["main"],
    banner: { js: "" },
    outExtension: { ".js": ".cjs" },
  });
});

it("an older runtime has an older target", async () => {
  expect(await options(undefined, "nodejs22.x")).toMatchObject({ target: "es2023" });
});

it("what cannot run offline is said", async () => {
  await expect(options(undefined, "python3.13")).rejects.toThrow(
    /^F wants python3.13; offline run/,
  );
  await expect(options({ minify: "yes" })).rejects.toThrow(/nodejs options of F:.*\n.*minify/);
  await expect(options({ plugins: "none.mjs" })).rejects.toThrow(
    /plugins in \/app\/none.mjs do not load/,
  );
});
