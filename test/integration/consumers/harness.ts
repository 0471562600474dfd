import { loadGraph } from "@petstore/offline/graph/load";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import { afterAll, vi } from "vitest";
import { projectRoot } from "../../support/offline.ts";
import { resourcesOf } from "../../support/resources.ts";
import { start } from "../dynamodb/harness.ts";

/** Daily limits that a test can reach. */
export const limits = { caller: 3, recipient: 2 };

/** Starts a separate engine with the app's table, for modules that are imported afterwards. */
export async function startTable(engine: string): Promise<{ endpoint: string; name: string }> {
  const { endpoint } = await start(engine, undefined, afterAll);
  const { tables } = resourcesOf(loadGraph("offline", projectRoot));
  await ensureTables(endpoint, tables);
  const name = tables[0]?.name as string;
  for (const link of ["CountInventory", "ReadInventory", "RememberDone"]) {
    vi.stubEnv(`SST_RESOURCE_${link}`, JSON.stringify({ name }));
  }
  vi.stubEnv("SST_RESOURCE_CountMails", JSON.stringify({ name, limits }));
  vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "petstore", stage: "test" }));
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.resetModules();
  return { endpoint, name };
}
