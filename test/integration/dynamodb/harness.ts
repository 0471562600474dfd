import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDynamoDbLocal } from "@petstore/offline/services/dynamodb/dynamodb-local";
import { findDynoxide } from "@petstore/offline/services/dynamodb/dynoxide";
import { startDynamoDb } from "@petstore/offline/services/dynamodb/engine";
import { openState, type State } from "@petstore/offline/state/state";
import { onTestFinished } from "vitest";

/** The engines that this machine can run. */
export const engines = [
  ...(findDynoxide() ? ["dynoxide"] : []),
  ...(findDynamoDbLocal() ? ["dynamodb-local"] : []),
];

/** Tidies up at the end of the test, or of the file when it is for all of its tests. */
type AtEnd = (tidy: () => unknown) => void;
const withTest: AtEnd = (tidy) => onTestFinished(async () => void (await tidy()));

export function temporaryState(atEnd = withTest): State {
  const directory = mkdtempSync(join(tmpdir(), "emulators-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  const state = openState(directory);
  atEnd(state.close);
  return state;
}

export async function start(engine: string, state?: State, atEnd = withTest) {
  const exits: string[] = [];
  const used = state ?? temporaryState(atEnd);
  const onExit = (reason: string) => exits.push(reason);
  const dynamo = await startDynamoDb({ state: used, engine, onExit });
  atEnd(dynamo.close);
  return { ...dynamo, exits, state: used };
}

/** The processes that work on a directory: it is in their command line. */
export function processesOn(directory: string): number[] {
  try {
    const pids = execFileSync("pgrep", ["-f", directory], { encoding: "utf8" });
    return pids.trim().split("\n").map(Number);
  } catch {
    return [];
  }
}
