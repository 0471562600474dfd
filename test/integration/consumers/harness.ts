import { ensureTables } from "@petstore/offline/emulators/tables";
import { toApp } from "@petstore/offline/graph/app";
import { loadGraph } from "@petstore/offline/graph/load";
import { afterAll, vi } from "vitest";
import { projectRoot } from "../../support/offline.ts";
import { start } from "../emulators/harness.ts";

/** The app's table on an engine of its own, which modules imported from then on will use. */
export async function startTable(engine: string): Promise<void> {
  const { endpoint } = await start(engine, undefined, afterAll);
  const { tables } = toApp(loadGraph("offline", projectRoot));
  await ensureTables(endpoint, tables);
  const link = JSON.stringify({ name: tables[0]?.name });
  for (const name of ["CountInventory", "ReadInventory", "RememberDone"]) {
    vi.stubEnv(`SST_RESOURCE_${name}`, link);
  }
  vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "petstore", stage: "test" }));
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.resetModules();
}
