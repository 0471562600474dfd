import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sstVersion } from "../graph/inputs.ts";
import { UserError } from "../user-error.ts";
import { withLock } from "./lock.ts";

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

async function install(root: string, version: string, log: (line: string) => void): Promise<void> {
  const start = Date.now();
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
  log(`Installing the SST platform ${version} (about 320 MB, once)…`);
  const ticker = setInterval(() => log(`  still installing, ${seconds()}`), 10_000);
  const config = await mkdtemp(join(tmpdir(), "sst-config-"));
  try {
    // SST takes a version stamp without its packages for an installation: start from nothing.
    await rm(join(root, ".sst", "platform"), { recursive: true, force: true });
    await rm(join(root, ".sst", "provider-lock.json"), { force: true });
    const binary = sstBinary(root);
    const standIn = await standInForPulumi(binary, config);
    await run(binary, root, {
      ...process.env,
      ...(standIn && { XDG_CONFIG_HOME: config }),
      SST_NO_BUN: "1", // npm will do; Bun would be one more download
      DO_NOT_TRACK: "1",
    });
  } finally {
    clearInterval(ticker);
    await rm(config, { recursive: true, force: true });
  }
  if (!isInstalled(root, version)) {
    throw new UserError(
      `"sst install" ended without installing the SST platform ${version} in ${join(root, ".sst")}`,
    );
  }
  log(`Installed the SST platform in ${seconds()}.`);
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
  await writeFile(pulumi, `#!/bin/sh\necho v${version}\n`);
  await chmod(pulumi, 0o755);
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
