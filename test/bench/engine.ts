import { loadGraph } from "@petstore/offline/graph/load";
import { startDynamoDb } from "@petstore/offline/services/dynamodb/engine";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import { openState } from "@petstore/offline/state/state";
import { resourcesOf } from "../support/resources.ts";
import { type Bench, projectRoot } from "./bench.ts";

/**
 * The DynamoDB engine that `npm start` uses by default, with the tables of the offline stage. They
 * have no streams, which nobody reads here, and which would make loading a third slower.
 */
export async function startEngine(bench: Bench) {
  const { tables, functions } = resourcesOf(loadGraph("offline", projectRoot));
  const state = openState(await bench.folder("memory"));
  bench.defer(() => state.close());
  const engine = await startDynamoDb({ state, onExit: (reason) => console.error(reason) });
  bench.defer(() => engine.close());
  const streamless = tables.map((table) => {
    const { StreamSpecification: _, ...definition } = table.definition;
    return { ...table, definition };
  });
  await ensureTables(engine.endpoint, streamless);
  return { endpoint: engine.endpoint, table: tables[0]?.name as string, functions };
}

/** What an AWS SDK needs to find the engine. */
export const sdkEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
});

/** The same for a client made here. */
export const sdkConfiguration = (endpoint: string) => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
});
