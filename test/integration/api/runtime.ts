import type { TestProject } from "vitest/node";
import { startOffline, temporaryFolder } from "../../support/offline.ts";

/** Starts the runtime that all API tests share, and stops it after the last. */
export default async function setup({ config, provide }: TestProject) {
  const folder = await temporaryFolder();
  const offline = await startOffline(folder.path, { env: config.env });
  provide("api", { url: offline.url, state: offline.state });
  return async () => {
    await offline.stop();
    await folder[Symbol.asyncDispose]();
  };
}
