import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Bench, projectRoot, type Section } from "./bench.ts";
import { sdkConfiguration, sdkEnvironment, startEngine } from "./engine.ts";
import { runtimeCommand, startOffline } from "./offline.ts";
import { load, petOf } from "./pets.ts";
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
  const reads = readsPerSecond(bench, engine, pet);
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

function readsPerSecond(
  bench: Bench,
  { endpoint, table }: { endpoint: string; table: string },
  pet: string,
) {
  const child = fork(join(projectRoot, "test/bench/programs/get-items.ts"), [table, pet], {
    env: { ...process.env, ...sdkEnvironment(endpoint) },
  });
  bench.defer(() => child.kill("SIGKILL"));
  return async (): Promise<number> => {
    child.send(SECONDS * 1000);
    const [count] = await once(child, "message");
    return count;
  };
}
