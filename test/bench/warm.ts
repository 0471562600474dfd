import { fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { httpEvent } from "../support/event.ts";
import { type Bench, projectRoot, type Section } from "./bench.ts";
import { sdkConfiguration, sdkEnvironment, startEngine } from "./engine.ts";
import { type Built, build, environmentOf, variant } from "./functions.ts";
import { load, petOf } from "./pets.ts";
import { budget, table } from "./report.ts";
import { rounds } from "./rounds.ts";

/** In a round, and before the first. */
const INVOCATIONS = 200;
const WARM_UP = 1_000;

/** What a warm GET of a pet costs, by the measure of the DynamoDB read in it. */
export const warm: Section = async (bench) => {
  const engine = await startEngine(bench);
  const client = new DynamoDBClient(sdkConfiguration(engine.endpoint));
  bench.defer(() => client.destroy());
  await load(client, engine.table, 0, 1);

  const getPet = engine.functions.find(({ name }) => name === "GetPet");
  if (!getPet) throw new Error("There is no function GetPet");
  const built = await build([getPet, variant(getPet, "(bare GetItem)", "bare-get-item")], bench);
  const [full, bare] = built as [Built, Built];
  const daemon = await traceDaemon(bench);
  const start = (one: Built, sampled: 0 | 1) =>
    startProcess(bench, one, sampled, {
      ...sdkEnvironment(engine.endpoint),
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      BENCH_PET_ID: petOf(0).id,
    });

  const cpu = await rounds(bench.quick ? 7 : 13, {
    "SDK GetItem alone": await start(bare, 0),
    "GET pet, trace not sampled": await start(full, 0),
    "GET pet, trace sampled": await start(full, 1),
  });
  daemon.assertTraced();

  const rows = [
    ["SDK GetItem alone", undefined],
    ["GET pet, trace not sampled", 2],
    ["GET pet, trace sampled", 2.3],
  ] as const;
  table(
    "CPU of one warm request",
    ["what", "µs", "ratio", "budget"],
    rows.map(([name, limit]) => {
      const ratio = cpu.ratio(name, "SDK GetItem alone");
      const judged = limit === undefined ? "" : budget(ratio, "≤", limit);
      return [name, cpu.of(name).toFixed(0), ratio.toFixed(2), judged];
    }),
  );
};

/** A process that has warmed up; each call measures the CPU time of an invocation, in microseconds. */
async function startProcess(
  bench: Bench,
  built: Built,
  sampled: 0 | 1,
  variables: Record<string, string>,
): Promise<() => Promise<number>> {
  const request = httpEvent({ pathParameters: { id: petOf(0).id } });
  const child = fork(
    join(projectRoot, "test/bench/programs/invoke.ts"),
    [built.bundle.file, JSON.stringify(request), String(sampled)],
    { env: environmentOf(built, variables), stdio: ["ignore", "ignore", "inherit", "ipc"] },
  );
  bench.defer(() => child.kill("SIGKILL"));
  const failed = once(child, "exit").then(() => Promise.reject(new Error("The handler failed")));
  failed.catch(() => {});
  const answer = () => Promise.race([once(child, "message"), failed]);
  const cpuOf = async (invocations: number) => {
    child.send(invocations);
    const [microseconds] = await answer();
    return microseconds / invocations;
  };

  await answer();
  await cpuOf(WARM_UP);
  return () => cpuOf(INVOCATIONS);
}

/** Takes what the X-Ray tracer sends, so that tracing is measured as a whole, and is proved to work. */
async function traceDaemon(bench: Bench) {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  bench.defer(() => socket.close());
  await once(socket, "listening");
  const names = new Set<string>();
  socket.on("message", (datagram) => {
    const [, segment = "{}"] = datagram.toString().split("\n");
    names.add(JSON.parse(segment).name);
  });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    assertTraced() {
      if (names.has("## GET /api/pets/{id}") && names.has("DynamoDB")) return;
      throw new Error(`The traces lack a subsegment; there are: ${[...names].join(", ")}`);
    },
  };
}
