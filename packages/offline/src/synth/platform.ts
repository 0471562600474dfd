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
import { sstVersion } from "../graph/inputs.ts";
import { withLock } from "../util/file-lock.ts";
import { UserError } from "../util/user-error.ts";

const STAGING = "install-";

/**
 * Makes sure that the SST platform (the components and their dependencies, in `.sst/platform`) of
 * the installed `sst` package is there. Two of these may run at once: one installs, the other waits.
 *
 * @param root the project's root directory.
 * @param log where progress goes, a line at a time.
 * @throws UserError if `sst install` fails.
 */
export async function ensurePlatform(root: string, log: (line: string) => void): Promise<void> {
  const version = sstVersion(root);
  if (isInstalled(root, version)) return;
  await withLock(
    join(root, ".sst", "platform.lock"),
    async () => {
      if (!isInstalled(root, version)) await install(root, version, log);
    },
    () => log("Another process is installing the SST platform: waiting for it."),
  );
}

/** `config.d.ts` is what `sst install` writes last: without it an installation was interrupted. */
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
 * Installs into a project of its own beside the platform, and moves the result into place: what
 * was interrupted, even if a part of it still runs, is never taken for the platform.
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
    const binary = sstBinary(root);
    const config = join(staging, "config");
    const standIn = await standInForPulumi(binary, config);
    await run(binary, staging, {
      ...process.env,
      ...(standIn && { XDG_CONFIG_HOME: config }),
      SST_NO_BUN: "1", // npm will do; Bun would be one more download
      DO_NOT_TRACK: "1",
    });
    if (!isInstalled(staging, version)) {
      throw new UserError(`"sst install" did not install the SST platform ${version}`);
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
    // An npm that outlived its killed parent may still write here: then the next one cleans up.
    await rm(join(target, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * `sst install` downloads the Pulumi CLI only to be ready for a deploy; installing the platform
 * never runs it beyond `pulumi version`. A stand-in that answers with the version SST was built
 * against saves that download, and makes the npm registry all that is needed. Should SST ever want
 * another version, it replaces the stand-in with the real thing.
 *
 * @returns whether SST will find the stand-in: only on Linux does it look in XDG_CONFIG_HOME.
 */
async function standInForPulumi(sstBinary: string, config: string): Promise<boolean> {
  const version = await pulumiVersion(sstBinary);
  if (process.platform !== "linux" || !version) return false;
  const pulumi = join(config, "sst", "bin", "pulumi");
  await mkdir(join(config, "sst", "bin"), { recursive: true });
  await writeFile(pulumi, `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
  return true;
}

/** The Go toolchain records the version of every module in the binary. */
async function pulumiVersion(sstBinary: string): Promise<string | undefined> {
  const binary = await readFile(sstBinary, "latin1");
  return /github\.com\/pulumi\/pulumi\/sdk\/v3[@\t]v(\d+\.\d+\.\d+)/.exec(binary)?.[1];
}

function sstBinary(root: string): string {
  const { platform, arch } = process;
  const name = `sst-${platform}-${arch}/bin/sst${platform === "win32" ? ".exe" : ""}`;
  try {
    return createRequire(join(root, "node_modules", "sst", "package.json")).resolve(name);
  } catch {
    throw new UserError(`SST has no program for ${platform} on ${arch}, or npm did not install it`);
  }
}

async function run(binary: string, root: string, env: NodeJS.ProcessEnv): Promise<void> {
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
