import { afterAll, beforeAll, expect, it } from "vitest";
import { type Offline, startOffline, temporaryFolder } from "../support/offline.ts";
import { fuzz } from "./fuzz.ts";

let offline: Offline;
const state = await temporaryFolder();
beforeAll(async () => {
  offline = await startOffline(state.path);
});
afterAll(async () => {
  await offline.stop();
  await state[Symbol.asyncDispose]();
});

it("answers 2,000 requests at random, and sequences of them, as documented", async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`Again: npm run fuzz -- --runs 2000 --seed ${seed}`);
  const statuses = await fuzz(offline, { runs: 2000, seed });
  // It is no proof of anything if most of it is refused, or nothing is.
  for (const status of [200, 201, 202, 204, 304, 400, 401, 403, 404, 412, 415, 422]) {
    expect(statuses.get(status), String(status)).toBeGreaterThan(5);
  }
}, 300_000);
