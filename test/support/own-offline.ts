import { afterAll } from "vitest";
import { startOffline, temporaryFolder } from "./offline.ts";

/** A runtime for the tests of one file alone, on a new state, until the last of them is done. */
export async function ownOffline(options: Parameters<typeof startOffline>[1] = {}) {
  const folder = await temporaryFolder();
  const offline = await startOffline(folder.path, options);
  afterAll(async () => {
    await offline.stop();
    await folder[Symbol.asyncDispose]();
  });
  return offline;
}
