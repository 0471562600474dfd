import { afterAll } from "vitest";
import { startOffline, temporaryFolder } from "./offline.ts";

/** Starts a runtime with a new state for the tests of one file, and stops it after the last test. */
export async function ownOffline(options: Parameters<typeof startOffline>[1] = {}) {
  const folder = await temporaryFolder();
  const offline = await startOffline(folder.path, options);
  afterAll(async () => {
    await offline.stop();
    await folder[Symbol.asyncDispose]();
  });
  return offline;
}
