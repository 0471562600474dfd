import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { loadGraph } from "@petstore/offline/graph/load";
import { startDynamoDb } from "@petstore/offline/services/dynamodb/engine";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import { openState } from "@petstore/offline/state/state";
import { resourcesOf } from "../support/resources.ts";
import { type Bench, projectRoot } from "./bench.ts";

/**
 * Starts the DynamoDB engine that `npm start` uses by default, with the tables of the offline stage.
 * They have no streams, because no benchmark reads them and they slow loading down by a third.
 */
export async function startEngine(bench: Bench) {
  const { tables, functions } = resourcesOf(loadGraph("offline", projectRoot));
  const state = openState(await bench.createFolder("memory"));
  bench.defer(() => state.close());
  const engine = await startDynamoDb({ state, onExit: (reason) => console.error(reason) });
  bench.defer(() => engine.close());
  const tablesWithoutStreams = tables.map((table) => {
    const { StreamSpecification: _, ...definition } = table.definition;
    return { ...table, definition };
  });
  await ensureTables(engine.endpoint, tablesWithoutStreams);
  return { endpoint: engine.endpoint, table: tables[0]?.name as string, functions };
}

/** Returns the environment with which an AWS SDK calls the engine. */
export const sdkEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
});

/** Returns the configuration with which a client in this process calls the engine. */
export const sdkConfiguration = (endpoint: string) => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
});

/**
 * Starts a program of `programs/` that calls an engine, in a separate process.
 *
 * @returns a function that starts a round of the given amount and returns the rate per second
 */
export function startProgram(bench: Bench, name: string, endpoint: string, args: string[]) {
  const child = fork(join(projectRoot, "test/bench/programs", `${name}.ts`), args, {
    env: { ...process.env, ...sdkEnvironment(endpoint) },
  });
  bench.defer(() => child.kill("SIGKILL"));
  return async (amount: number): Promise<number> => {
    child.send(amount);
    const [rate] = await once(child, "message");
    return rate;
  };
}
