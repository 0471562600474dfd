import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readSstVersion } from "../graph/inputs.ts";
import { withLock } from "../util/file-lock.ts";
import { UserError } from "../util/user-error.ts";

const STAGING = "install-";

/**
 * Installs the SST platform (the components and their dependencies, in `.sst/platform`) of the installed
 * `sst` package, if it is missing. Of two processes, one installs and the other waits.
 *
 * @param root the project's root directory
 * @param log called with a line of progress
 * @throws {UserError} `sst install` failed.
 */
export async function ensurePlatform(root: string, log: (line: string) => void): Promise<void> {
  const version = readSstVersion(root);
  if (isInstalled(root, version)) return;
  await withLock(
    join(root, ".sst", "platform.lock"),
    async () => {
      if (!isInstalled(root, version)) await install(root, version, log);
    },
    () => log("Another process is installing the SST platform: waiting for it."),
  );
}

/** `sst install` writes `config.d.ts` last: without it an installation was interrupted. */
function isInstalled(root: string, version: string): boolean {
  const platform = join(root, ".sst", "platform");
  const stamp = join(platform, "version");
  return (
    existsSync(stamp) &&
    readFileSync(stamp, "utf8").trim() === version &&
    existsSync(join(platform, "config.d.ts"))
  );
}

/**
 * Installs into a separate project next to the platform, and moves the result into place, so that an
 * interrupted installation, even if a part of it is still running, is never used.
 */
async function install(root: string, version: string, log: (line: string) => void): Promise<void> {
  const start = Date.now();
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
  log(`Installing the SST platform ${version} (about 320 MB, once)…`);
  const ticker = setInterval(() => log(`  still installing, ${seconds()}`), 10_000);
  const target = join(root, ".sst");
  await removeLeftovers(target);
  const staging = await mkdtemp(join(target, STAGING));
  try {
    for (const file of ["sst.config.ts", "package.json"]) {
      await symlink(join(root, file), join(staging, file));
    }
    const binary = findSstBinary(root);
    const config = join(staging, "config");
    const hasPulumiStub = await writePulumiStub(binary, config);
    await runInstall(binary, staging, {
      ...process.env,
      ...(hasPulumiStub && { XDG_CONFIG_HOME: config }),
      SST_NO_BUN: "1", // npm is sufficient; Bun would be another download
      DO_NOT_TRACK: "1",
    });
    if (!isInstalled(staging, version)) {
      throw new UserError(
        `"sst install" did not install the SST platform ${version}: delete .sst and try again.`,
      );
    }
    await rm(join(target, "platform"), { recursive: true, force: true });
    for (const part of ["provider-lock.json", "platform"]) {
      await rename(join(staging, ".sst", part), join(target, part));
    }
  } finally {
    clearInterval(ticker);
    await rm(staging, { recursive: true, force: true });
  }
  log(`Installed the SST platform in ${seconds()}.`);
}

async function removeLeftovers(target: string): Promise<void> {
  for (const name of await readdir(target)) {
    if (!name.startsWith(STAGING)) continue;
    // npm may still be writing here after its parent was killed; then the next installation removes it.
    await rm(join(target, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Writes a program that replaces the Pulumi CLI, which `sst install` downloads but only runs as
 * `pulumi version`. It prints the version that SST was built with, so that the installation needs only
 * the npm registry. If SST requires another version, it downloads the real CLI.
 *
 * @returns whether SST finds the program: it looks in XDG_CONFIG_HOME only on Linux
 */
async function writePulumiStub(sstBinary: string, config: string): Promise<boolean> {
  const version = await readPulumiVersion(sstBinary);
  if (process.platform !== "linux" || !version) return false;
  const pulumi = join(config, "sst", "bin", "pulumi");
  await mkdir(join(config, "sst", "bin"), { recursive: true });
  await writeFile(pulumi, `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
  return true;
}

/** Reads the version of Pulumi's module, which the Go toolchain records in the binary. */
async function readPulumiVersion(sstBinary: string): Promise<string | undefined> {
  const binary = await readFile(sstBinary, "latin1");
  return /github\.com\/pulumi\/pulumi\/sdk\/v3[@\t]v(\d+\.\d+\.\d+)/.exec(binary)?.[1];
}

function findSstBinary(root: string): string {
  const { platform, arch } = process;
  const name = `sst-${platform}-${arch}/bin/sst${platform === "win32" ? ".exe" : ""}`;
  try {
    return createRequire(join(root, "node_modules", "sst", "package.json")).resolve(name);
  } catch {
    throw new UserError(
      `There is no SST program for ${platform} on ${arch}, or npm did not install it: run npm install, or use Linux or macOS.`,
    );
  }
}

async function runInstall(binary: string, root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(binary, ["install", "--stage", "offline"], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new UserError(`Could not install the SST platform.\n${output.trim()}`);
}
