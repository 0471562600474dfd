import { fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { httpEvent } from "../support/event.ts";
import { type Bench, projectRoot, type Section } from "./bench.ts";
import { sdkConfiguration, sdkEnvironment, startEngine } from "./engine.ts";
import { type BuiltFunction, buildFunctions, environmentOf, withHandler } from "./functions.ts";
import { createPetRecord, loadPets } from "./pets.ts";
import { checkBudget, printTable } from "./report.ts";
import { measureInRounds } from "./rounds.ts";

/** Invocations in a round. */
const INVOCATIONS = 200;
/** Invocations before the first round. */
const WARM_UP_INVOCATIONS = 1_000;

/** CPU of a warm GET of a pet, compared with its DynamoDB read alone. */
export const warm: Section = async (bench) => {
  const engine = await startEngine(bench);
  const client = new DynamoDBClient(sdkConfiguration(engine.endpoint));
  bench.defer(() => client.destroy());
  await loadPets(client, engine.table, 0, 1);

  const getPet = engine.functions.find(({ name }) => name === "GetPet");
  if (!getPet) throw new Error("There is no function GetPet");
  const built = await buildFunctions(
    [getPet, withHandler(getPet, "(bare GetItem)", "bare-get-item")],
    bench,
  );
  const [full, bare] = built as [BuiltFunction, BuiltFunction];
  const daemon = await startTraceDaemon(bench);
  const start = (one: BuiltFunction, sampled: 0 | 1) =>
    startProcess(bench, one, sampled, {
      ...sdkEnvironment(engine.endpoint),
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      BENCH_PET_ID: createPetRecord(0).id,
    });

  const cpu = await measureInRounds(bench.quick ? 7 : 13, {
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
  printTable(
    "CPU of one warm request",
    ["what", "µs", "ratio", "budget"],
    rows.map(([name, limit]) => {
      const ratio = cpu.ratio(name, "SDK GetItem alone");
      const cell = limit === undefined ? "" : checkBudget(ratio, "≤", limit);
      return [name, cpu.median(name).toFixed(0), ratio.toFixed(2), cell];
    }),
  );
};

/** Starts and warms up a process; returns a function that measures the CPU of an invocation in µs. */
async function startProcess(
  bench: Bench,
  built: BuiltFunction,
  sampled: 0 | 1,
  variables: Record<string, string>,
): Promise<() => Promise<number>> {
  const request = httpEvent({ pathParameters: { id: createPetRecord(0).id } });
  const child = fork(
    join(projectRoot, "test/bench/programs/invoke.ts"),
    [built.bundle.file, JSON.stringify(request), String(sampled)],
    { env: environmentOf(built, variables), stdio: ["ignore", "ignore", "inherit", "ipc"] },
  );
  bench.defer(() => child.kill("SIGKILL"));
  const failed = once(child, "exit").then(() => Promise.reject(new Error("The handler failed")));
  failed.catch(() => {});
  const receive = () => Promise.race([once(child, "message"), failed]);
  const measureCpu = async (invocations: number) => {
    child.send(invocations);
    const [microseconds] = await receive();
    return microseconds / invocations;
  };

  await receive();
  await measureCpu(WARM_UP_INVOCATIONS);
  return () => measureCpu(INVOCATIONS);
}

/** Starts a listener in place of the X-Ray daemon, which also checks that the tracer sends segments. */
async function startTraceDaemon(bench: Bench) {
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
      throw new Error(`The traces lack a subsegment; they have: ${[...names].join(", ")}`);
    },
  };
}
