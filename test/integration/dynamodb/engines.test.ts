import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { callDynamoDb } from "@petstore/offline/services/dynamodb/call";
import { startDynamoDb } from "@petstore/offline/services/dynamodb/engine";
import { openState } from "@petstore/offline/state/state";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { installedEngines, processesOn, start, temporaryState } from "./harness.ts";

const TableName = "pets";
const definition = {
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
};
const source = (module: string) =>
  JSON.stringify(import.meta.resolve(`@petstore/offline/${module}`));

/** Starts a process that writes items, and prints the id of each acknowledged one. */
function startWriter(directory: string, engine: string) {
  const script = `
    import { openState } from ${source("state/state")};
    import { startDynamoDb } from ${source("services/dynamodb/engine")};
    import { callDynamoDb } from ${source("services/dynamodb/call")};
    const state = openState(${JSON.stringify(directory)});
    const { endpoint } = await startDynamoDb({ state, engine: "${engine}", onExit: console.error });
    await callDynamoDb(endpoint, "CreateTable", ${JSON.stringify(definition)});
    for (let id = 0; ; id++) {
      await callDynamoDb(endpoint, "PutItem", { TableName: "pets", Item: { id: { S: String(id) } } });
      console.log(id);
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

describe.each(installedEngines)("%s", { timeout: 30_000 }, (engine) => {
  it("two run side by side, on the loopback interface only; one that crashes is reported", async () => {
    const [one, two] = await Promise.all([start(engine), start(engine)]);
    await callDynamoDb(one.endpoint, "CreateTable", definition);
    expect(await callDynamoDb(two.endpoint, "ListTables", {})).toEqual({ TableNames: [] });

    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === "IPv4");
    expect(outside, "this machine has no other interface").toBeDefined();
    const socket = connect(Number(new URL(one.endpoint).port), outside?.address);
    const [error] = await once(socket, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });

    for (const pid of processesOn(one.state.directory)) process.kill(pid, "SIGKILL");
    await vi.waitFor(() =>
      expect(one.exits).toEqual([expect.stringMatching(`${engine} ended[^]*SIGKILL`)]),
    );
    await callDynamoDb(two.endpoint, "ListTables", {});
  });

  it("loses no acknowledged write on kill -9, and stops with its runtime and on close", async () => {
    const state = temporaryState();
    state.close();
    const child = startWriter(state.directory, engine);
    let written = -1;
    for await (const line of createInterface(child.stdout)) {
      written = Number(line);
      if (written >= 50) process.kill(-(child.pid as number), "SIGKILL");
    }
    await vi.waitFor(() => expect(processesOn(state.directory)).toEqual([]));

    const reopened = openState(state.directory);
    onTestFinished(reopened.close);
    const { endpoint, close, exits } = await start(engine, reopened);
    const { Items } = (await callDynamoDb(endpoint, "Scan", {
      TableName,
      ConsistentRead: true,
    })) as { Items: { id: { S: string } }[] };
    const stored = new Set(Items.map(({ id }) => Number(id.S)));
    const lost = Array.from({ length: written + 1 }, (_, id) => id).filter((id) => !stored.has(id));
    expect(written).toBeGreaterThanOrEqual(50);
    expect(lost).toEqual([]);

    await close();
    expect(processesOn(reopened.directory)).toEqual([]);
    expect(exits).toEqual([]);
  });
});

it.runIf(installedEngines.includes("dynamodb-local"))(
  "DynamoDB Local refuses web pages",
  async () => {
    const { endpoint } = await start("dynamodb-local");

    for (const origin of ["https://evil.example", endpoint, "null"]) {
      const headers = { origin, "x-amz-target": "DynamoDB_20120810.ListTables" };
      const response = await fetch(endpoint, { method: "POST", headers, body: "{}" });

      expect(response.status).toBe(403);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
  },
);

describe("throws a UserError for", () => {
  const onExit = () => {};
  const failure = async (
    options: { engine?: string; endpoint?: string },
    state = temporaryState(),
  ) => {
    const error = await startDynamoDb({ state, onExit, ...options }).catch((error) => error);
    expect(error).toBeInstanceOf(UserError);
    return error.message;
  };

  it("an unknown engine", async () => {
    expect(await failure({ engine: "dynalite" })).toMatch(
      /dynalite: choose one of dynoxide, dynamodb-local, endpoint/,
    );
  });

  it("DynamoDB Local without Java", async () => {
    vi.stubEnv("PATH", "/nowhere");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await failure({ engine: "dynamodb-local" })).toMatch(/JDK, version 17 or newer/);
  });

  it("an endpoint without a URL", async () => {
    expect(await failure({ engine: "endpoint" })).toMatch(/DYNAMODB_ENDPOINT/);
    expect(await failure({ engine: "endpoint", endpoint: "localhost:8000" })).toMatch(/http:/);
  });

  it("an endpoint without a DynamoDB", async () => {
    const server = createServer((_, response) => response.end("<html>")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await failure({ engine: "endpoint", endpoint })).toMatch(/No DynamoDB responds at/);
    server.close();
    await once(server, "close");
    expect(await failure({ engine: "endpoint", endpoint })).toMatch(/No DynamoDB responds at/);
  });

  it.runIf(installedEngines.includes("dynoxide"))("data that the engine cannot read", async () => {
    const state = temporaryState();
    writeFileSync(join(state.dataDirectory("dynoxide"), "dynoxide.db"), "no database".repeat(99));
    expect(await failure({ engine: "dynoxide" }, state)).toMatch(
      /dynoxide\.db is damaged .*--fresh/,
    );
  });
});

it.runIf(installedEngines.includes("dynoxide"))(
  "an endpoint of the user's is used and left running",
  async () => {
    const users = await start("dynoxide");
    const engine = await startDynamoDb({
      state: temporaryState(),
      engine: "endpoint",
      endpoint: users.endpoint,
      onExit: () => {},
    });
    expect(engine).toMatchObject({ engine: "endpoint", endpoint: users.endpoint });
    await engine.close();
    await callDynamoDb(users.endpoint, "ListTables", {});
  },
);

it.runIf(installedEngines.includes("dynoxide"))(
  "a write costs the same after many as at first",
  async () => {
    const { endpoint, state } = await start("dynoxide");
    await callDynamoDb(endpoint, "CreateTable", definition);
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(join(state.dataDirectory("dynoxide"), "dynoxide.db"));
    onTestFinished(() => database.close());
    const plan = database
      .prepare(
        "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1",
      )
      .all("pets");
    expect(plan).toMatchObject([
      { detail: expect.stringContaining("INDEX _stream_records_by_sequence") },
    ]);
  },
);
