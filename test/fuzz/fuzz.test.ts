import { expect, it } from "vitest";
import { ownOffline } from "../support/own-offline.ts";
import { fuzz } from "./fuzz.ts";

const allStatuses = [200, 201, 202, 204, 304, 400, 401, 403, 404, 412, 415, 422];

const offline = await ownOffline();

/** A quick look here, and a good one in `npm run test:long`. */
const runs = Number(process.env.FUZZ_RUNS ?? 150);
const ENOUGH = 2_000;

it(`answers ${runs} requests at random, and sequences of them, as documented`, async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`Again: npm run fuzz -- --runs ${runs} --seed ${seed}`);
  const statuses = await fuzz(offline, { runs, seed });
  // It is no proof of anything if most of it is refused, or nothing is.
  for (const status of runs < ENOUGH ? [200, 201, 401, 403, 422] : allStatuses) {
    expect(statuses.get(status), String(status)).toBeGreaterThan(runs < ENOUGH ? 0 : 5);
  }
}, 300_000);
