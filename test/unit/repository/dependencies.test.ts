import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../support/offline.ts";

const read = (folder: string, pattern: string) =>
  globSync(pattern, { cwd: folder }).map((file) => readFileSync(join(folder, file), "utf8"));

const manifests = globSync("packages/*/package.json", { cwd: projectRoot });

describe("a package", () => {
  // The linter reports the opposite: an import that is not declared.
  it.each(manifests)("imports every dependency that it declares: %s", (manifest) => {
    const folder = join(projectRoot, manifest, "..");
    const { dependencies = {}, scripts = {} } = JSON.parse(
      readFileSync(join(projectRoot, manifest), "utf8"),
    );
    // The infrastructure copies files of dependencies into functions.
    const text = [
      ...read(folder, "{src,bin}/**/*.{ts,tsx,mjs}"),
      ...read(projectRoot, "infra/*.ts"),
      JSON.stringify(scripts),
    ].join("\n");

    const unused = Object.keys(dependencies).filter(
      (name) => !new RegExp(`["/]${RegExp.escape(name)}["/]`).test(text),
    );

    expect(unused).toEqual([]);
  });
});
