import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { json } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Bench, Section } from "./bench.ts";
import { sdkConfiguration, startEngine, startProgram } from "./engine.ts";
import { runtimeCommand, startOffline } from "./offline.ts";
import { createPetRecord, loadPets } from "./pets.ts";
import { checkBudget, printTable } from "./report.ts";
import { measureInRounds } from "./rounds.ts";

/** Duration of a round. */
export const SECONDS = 2;
/** Duration before the first round: ten processes start and compile their code. */
export const WARM_UP_SECONDS = 8;

/** Requests a second of the offline API, compared with reads of the engine behind it. */
export const throughput: Section = async (bench) => {
  const engine = await startEngine(bench);
  const client = new DynamoDBClient(sdkConfiguration(engine.endpoint));
  bench.defer(() => client.destroy());
  await loadPets(client, engine.table, 0, 1);
  const pet = createPetRecord(0).id;

  const { url } = await startOffline(bench, [...runtimeCommand, "--engine", "endpoint"], {
    DYNAMODB_ENDPOINT: engine.endpoint,
  });
  const requests = (seconds?: number) =>
    measureRequestsPerSecond(bench, `${url}/api/pets/${pet}`, seconds);
  const get = startProgram(bench, "get-items", engine.endpoint, [engine.table, pet]);
  const reads = () => get(SECONDS * 1000);
  await requests(WARM_UP_SECONDS);
  await reads();

  const perSecond = await measureInRounds(bench.quick ? 3 : 5, {
    reads,
    requests: () => requests(),
  });
  const ratio = perSecond.ratio("requests", "reads");
  printTable(
    "Throughput offline, 10 requests in flight",
    ["what", "per second", "ratio", "budget"],
    [
      ["SDK GetItem from one process", perSecond.median("reads").toFixed(0), "1.00"],
      [
        "GET pet through the API",
        perSecond.median("requests").toFixed(0),
        ratio.toFixed(2),
        checkBudget(ratio, "≥", 0.5),
      ],
    ],
  );
};

/**
 * Returns the requests a second to a URL with ten in flight.
 *
 * @throws {Error} A response is not 200.
 */
export async function measureRequestsPerSecond(
  bench: Bench,
  url: string,
  seconds = SECONDS,
): Promise<number> {
  const autocannon = createRequire(import.meta.url).resolve("autocannon");
  const loadGenerator = spawn(
    process.execPath,
    [autocannon, "-c", "10", "-d", String(seconds), "--json", url],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  bench.defer(() => loadGenerator.kill("SIGKILL"));
  const result = (await json(loadGenerator.stdout)) as Record<
    "2xx" | "non2xx" | "errors" | "duration",
    number
  >;
  if (result.non2xx || result.errors) throw new Error(`Not all responses of ${url} were 200`);
  return result["2xx"] / result.duration;
}
