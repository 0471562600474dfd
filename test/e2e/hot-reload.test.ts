import { cp, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";

/** Copies the project, so that its functions can be edited. */
async function copyProject(folder: string) {
  for (const part of ["sst.config.ts", "infra", "packages/functions", "packages/core"]) {
    await cp(join(projectRoot, part), join(folder, part), { recursive: true });
  }
  await mkdir(join(folder, "node_modules/@petstore"), { recursive: true });
  await symlink(join(folder, "packages/core"), join(folder, "node_modules/@petstore/core"));
  await symlink(join(projectRoot, "node_modules"), join(folder, "packages/node_modules"));
  await symlink(join(projectRoot, "node_modules/sst"), join(folder, "node_modules/sst"));
}

describe("npm start", () => {
  it("serves edited code after a rebuild, and the previous code after a syntax error", async () => {
    await using folder = await temporaryFolder();
    await copyProject(folder.path);
    const file = join(folder.path, "packages/functions/src/health/get.ts");
    const original = await readFile(file, "utf8");
    // Editors rename the saved file too, so that no reader sees an incomplete file.
    const edit = async (content: string) => {
      await writeFile(`${file}.new`, content);
      await rename(`${file}.new`, file);
    };

    const offline = await startOffline(join(folder.path, "state"), { cwd: folder.path });
    const health = async () => (await fetch(`${offline.url}/api/health`)).json();

    expect(await health()).toEqual({ status: "ok" });

    await edit(original.replace('status: "ok"', 'status: "edited"'));
    await offline.printed(/Reloaded GetHealth/);
    expect(await health()).toEqual({ status: "edited" });

    await edit("export const handler = ;");
    await offline.printed(/get\.ts:1:\d+/);
    expect(await health()).toEqual({ status: "edited" });

    await edit(original.replace('status: "ok"', 'status: "repaired"'));
    await offline.printed(/(Reloaded GetHealth.*\s.*){2}/s);
    expect(await health()).toEqual({ status: "repaired" });
    await offline.stop();
  });
});
