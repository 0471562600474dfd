import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { json } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Bench, Section } from "./bench.ts";
import { sdkConfiguration, startEngine } from "./engine.ts";
import { runtimeCommand, startOffline } from "./offline.ts";
import { load, petOf } from "./pets.ts";
import { startProgram } from "./program.ts";
import { budget, table } from "./report.ts";
import { rounds } from "./rounds.ts";

/** Of a round; and before the first, until ten processes have started and compiled what they run. */
export const SECONDS = 2;
export const WARM_UP_SECONDS = 8;

/** Requests a second that the offline API answers, by the measure of the engine behind it. */
export const throughput: Section = async (bench) => {
  const engine = await startEngine(bench);
  const client = new DynamoDBClient(sdkConfiguration(engine.endpoint));
  bench.defer(() => client.destroy());
  await load(client, engine.table, 0, 1);
  const pet = petOf(0).id;

  const { url } = await startOffline(bench, [...runtimeCommand, "--engine", "endpoint"], {
    DYNAMODB_ENDPOINT: engine.endpoint,
  });
  const requests = (seconds?: number) =>
    requestsPerSecond(bench, `${url}/api/pets/${pet}`, seconds);
  const get = startProgram(bench, "get-items", engine.endpoint, [engine.table, pet]);
  const reads = () => get(SECONDS * 1000);
  await requests(WARM_UP_SECONDS);
  await reads();

  const perSecond = await rounds(bench.quick ? 3 : 5, { reads, requests: () => requests() });
  const ratio = perSecond.ratio("requests", "reads");
  table(
    "Throughput offline, 10 requests in flight",
    ["what", "per second", "ratio", "budget"],
    [
      ["SDK GetItem from one process", perSecond.of("reads").toFixed(0), "1.00"],
      [
        "GET pet through the API",
        perSecond.of("requests").toFixed(0),
        ratio.toFixed(2),
        budget(ratio, "≥", 0.5),
      ],
    ],
  );
};

/** Requests a second to a URL, with ten in flight, all of which have to be answered with a 200. */
export async function requestsPerSecond(
  bench: Bench,
  url: string,
  seconds = SECONDS,
): Promise<number> {
  const autocannon = createRequire(import.meta.url).resolve("autocannon");
  const loader = spawn(
    process.execPath,
    [autocannon, "-c", "10", "-d", String(seconds), "--json", url],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  bench.defer(() => loader.kill("SIGKILL"));
  const result = (await json(loader.stdout)) as Record<
    "2xx" | "non2xx" | "errors" | "duration",
    number
  >;
  if (result.non2xx || result.errors) throw new Error(`Not all requests got a 200 from ${url}`);
  return result["2xx"] / result.duration;
}
