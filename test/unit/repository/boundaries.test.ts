import { execFile } from "node:child_process";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot, temporaryFolder } from "../../support/offline.ts";

const program = (name: string) => join(projectRoot, "node_modules/.bin", name);
const lint = [program("biome"), "lint", "--vcs-enabled=false", "."];
const cruise = [program("depcruise"), "packages"];

/** Runs a step of `npm run check` in a project of these files and the rules of this one. */
async function check([command = "", ...args]: string[], files: Record<string, string>) {
  await using folder = await temporaryFolder();
  for (const rules of ["biome.json", ".dependency-cruiser.mjs", "test/unit/shared-process.grit"]) {
    await cp(join(projectRoot, rules), join(folder.path, rules));
  }
  await symlink(join(projectRoot, "node_modules"), join(folder.path, "node_modules"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), text);
  }
  return await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(command, args, { cwd: folder.path }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

const offline = "packages/offline/src";
const constant = "export const value = 1;\n";
const importing = (module: string) =>
  `import { value } from "${module}";\n\nexport default value;\n`;

describe("npm run check", () => {
  it("accepts an import in an allowed direction", async () => {
    const { code, output } = await check(cruise, {
      [`${offline}/runtime/a.ts`]: importing("../util/b.ts"),
      [`${offline}/util/b.ts`]: constant,
    });

    expect(code, output).toBe(0);
  });

  it.each([
    ["util imports runtime", `${offline}/util/a.ts`, "../runtime/b.ts", `${offline}/runtime/b.ts`],
    [
      "runtime imports a service",
      `${offline}/runtime/a.ts`,
      "../services/sqs/b.ts",
      `${offline}/services/sqs/b.ts`,
    ],
    [
      "a service imports another",
      `${offline}/services/ses/a.ts`,
      "../sqs/b.ts",
      `${offline}/services/sqs/b.ts`,
    ],
    [
      "core imports a function",
      "packages/core/src/a.ts",
      "../../functions/src/b.ts",
      "packages/functions/src/b.ts",
    ],
  ])("fails when %s", async (_, from, module, to) => {
    const { code, output } = await check(cruise, { [from]: importing(module), [to]: constant });

    expect(code).not.toBe(0);
    expect(output).toContain(`${from} → ${to}`);
  });

  it("fails on an import cycle", async () => {
    const { code, output } = await check(lint, {
      "src/a.ts": importing("./b.ts"),
      "src/b.ts": `import other from "./a.ts";\n\nexport const value = () => other;\n`,
    });

    expect(code).not.toBe(0);
    expect(output).toContain("noImportCycles");
  });

  it("fails on an undeclared dependency", async () => {
    const { code, output } = await check(lint, {
      "package.json": '{ "name": "any", "dependencies": {} }\n',
      "src/a.ts": importing("zod"),
    });

    expect(code).not.toBe(0);
    expect(output).toContain("noUndeclaredDependencies");
  });

  it("fails when a test imports a package by a relative path", async () => {
    const { code, output } = await check(lint, {
      "test/a.ts": importing("../packages/core/src/b.ts"),
      "packages/core/src/b.ts": constant,
    });

    expect(code).not.toBe(0);
    expect(output).toContain("noRestrictedImports");
  });

  it("fails when a unit test that shares its process changes the environment", async () => {
    const { code, output } = await check(lint, {
      "test/unit/a.test.ts": 'import { vi } from "vitest";\n\nvi.stubEnv("A", "b");\n',
    });

    expect(code).not.toBe(0);
    expect(output).toContain("test/unit/isolated");
  });
});
