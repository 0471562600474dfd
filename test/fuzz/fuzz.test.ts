import { expect, it } from "vitest";
import { ownOffline } from "../support/own-offline.ts";
import { fuzz } from "./fuzz.ts";

const allStatuses = [200, 201, 202, 204, 304, 400, 401, 403, 404, 412, 415, 422];

const offline = await ownOffline();

/** A small number here, and a large one in `npm run test:long`. */
const runs = Number(process.env.FUZZ_RUNS ?? 150);
const ENOUGH = 2_000;

it(`the API responds to ${runs} random requests, and sequences of requests, as documented`, async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`Repeat with: npm run fuzz -- --runs ${runs} --seed ${seed}`);
  const statuses = await fuzz(offline, { runs, seed });
  // The result proves little if nearly all requests, or none, were refused.
  for (const status of runs < ENOUGH ? [200, 201, 401, 403, 422] : allStatuses) {
    expect(statuses.get(status), String(status)).toBeGreaterThan(runs < ENOUGH ? 0 : 5);
  }
}, 300_000);
