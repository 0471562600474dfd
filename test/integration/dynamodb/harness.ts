import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDynamoDbLocal } from "@petstore/offline/services/dynamodb/dynamodb-local";
import { findDynoxide } from "@petstore/offline/services/dynamodb/dynoxide";
import { startDynamoDb } from "@petstore/offline/services/dynamodb/engine";
import { openState, type State } from "@petstore/offline/state/state";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { casesOf } from "../../support/thorough.ts";

/** The engines that are installed on this machine. */
export const installedEngines = [
  ...(findDynoxide() ? ["dynoxide"] : []),
  ...(findDynamoDbLocal() ? ["dynamodb-local"] : []),
];
/** The engines to test on: all in the long run, one in the short run, whose API tests use all. */
export const engines = casesOf(installedEngines);

/** Registers a clean-up at the end of the test, or of all tests of a `describe` block. */
type AtEnd = (cleanUp: () => unknown) => void;
const afterTest: AtEnd = (cleanUp) => onTestFinished(async () => void (await cleanUp()));

export function temporaryState(atEnd = afterTest): State {
  const directory = mkdtempSync(join(tmpdir(), "emulators-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  const state = openState(directory);
  atEnd(state.close);
  return state;
}

export async function start(engine: string, state?: State, atEnd = afterTest) {
  const exits: string[] = [];
  const used = state ?? temporaryState(atEnd);
  const onExit = (reason: string) => exits.push(reason);
  const dynamo = await startDynamoDb({ state: used, engine, onExit });
  atEnd(dynamo.close);
  return { ...dynamo, exits, state: used };
}

/** Starts an engine before the tests of a `describe` block, and closes it after them. */
export function startBeforeAll(name: string): { endpoint: string } {
  const engine = { endpoint: "" };
  beforeAll(async () => {
    Object.assign(engine, await start(name, undefined, afterAll));
  }, 30_000);
  return engine;
}

/** Returns the ids of the processes that have a directory in their command line. */
export function processesOn(directory: string): number[] {
  try {
    const pids = execFileSync("pgrep", ["-f", directory], { encoding: "utf8" });
    return pids.trim().split("\n").map(Number);
  } catch {
    return [];
  }
}
