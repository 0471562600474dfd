import { cp, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";

/** A copy of the project whose functions can be edited. */
async function copyProject(folder: string) {
  for (const part of ["sst.config.ts", "infra", "packages/functions", "packages/core"]) {
    await cp(join(projectRoot, part), join(folder, part), { recursive: true });
  }
  await mkdir(join(folder, "node_modules/@petstore"), { recursive: true });
  await symlink(join(folder, "packages/core"), join(folder, "node_modules/@petstore/core"));
  await symlink(join(projectRoot, "node_modules"), join(folder, "packages/node_modules"));
  await symlink(join(projectRoot, "node_modules/sst"), join(folder, "node_modules/sst"));
}

it("serves edited code from the next request after the rebuild on, and survives a mistake", async () => {
  await using folder = await temporaryFolder();
  await copyProject(folder.path);
  const file = join(folder.path, "packages/functions/src/health/get.ts");
  const original = await readFile(file, "utf8");
  // As editors save: nobody sees half a file.
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

  await edit(original.replace('status: "ok"', 'status: "mended"'));
  await offline.printed(/(Reloaded GetHealth.*\s.*){2}/s);
  expect(await health()).toEqual({ status: "mended" });
  await offline.stop();
});
