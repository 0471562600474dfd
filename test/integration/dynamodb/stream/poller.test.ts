import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, onTestFinished } from "vitest";
import { engines, start, startBeforeAll, temporaryState } from "../harness.ts";
import {
  createTable,
  type Event,
  failed,
  mapping,
  ok,
  poll,
  queueArn,
  report,
  streamArn,
  temporaryDirectory,
} from "./harness.ts";

const sequenceNumbers = (records: Event[]) =>
  records.map((record) => BigInt(record.dynamodb.SequenceNumber));
const sorted = (numbers: bigint[]) => numbers.toSorted((a, b) => (a < b ? -1 : 1));

describe.each(engines)("%s", { timeout: 30_000 }, (name) => {
  const engine = startBeforeAll(name);

  it("invokes the function with the records that Lambda documents", async () => {
    const pets = await createTable(engine.endpoint);
    const before = Math.floor(Date.now() / 60_000) * 60;
    await pets.put("rex", 1);
    await pets.put("rex", 2);
    await pets.put("rex", 2); // changes nothing
    await pets.remove("rex");
    await pets.remove("rex"); // changes nothing
    await pets.put("ada");
    const { until, records } = await poll(pets);
    await until(() => records().length >= 4);
    const [one, two] = ["1", "2"].map((n) => ({ id: { S: "rex" }, n: { N: n } }));
    const record = (eventName: string, images: object, id = "rex") => ({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName,
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "eu-central-1",
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { id: { S: id } },
        ...images,
        SequenceNumber: expect.stringMatching(/^\d+$/),
        SizeBytes: expect.any(Number),
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
      eventSourceARN: streamArn,
    });
    expect(records()).toEqual([
      record("INSERT", { NewImage: one }),
      record("MODIFY", { NewImage: two, OldImage: one }),
      record("REMOVE", { OldImage: two }),
      record("INSERT", { NewImage: { id: { S: "ada" }, n: { N: "0" } } }, "ada"),
    ]);
    expect(new Set(records().map(({ eventID }) => eventID)).size).toBe(4);
    expect(records()[0].dynamodb.ApproximateCreationDateTime).toBeGreaterThanOrEqual(before);
    expect(records()[0].dynamodb.ApproximateCreationDateTime).toBeLessThan(before + 180);
  });

  it("continues after a restart of the poller", async () => {
    const pets = await createTable(engine.endpoint);
    await pets.put("one");
    const first = await poll(pets);
    await first.until(() => first.records().length === 1);
    await first.close();
    await pets.put("two");
    const second = await poll(pets, {}, () => ok, first.directory);
    await second.until(() => second.records().length === 1);
    expect(second.ids()).toEqual([["two"]]);
  });

  it("starts at the first start of the mapping with LATEST, also after a restart", async () => {
    const pets = await createTable(engine.endpoint);
    const from = { startingPosition: "LATEST" } as const;
    await pets.put("before");
    const first = await poll(pets, from);
    await first.close();
    await pets.put("meanwhile");
    const second = await poll(pets, from, () => ok, first.directory);
    await second.until(() => second.records().length === 1);
    expect([first.ids(), second.ids()]).toEqual([[], [["meanwhile"]]]);
  });

  it("loses and repeats nothing across a restart of the engine", { timeout: 90_000 }, async () => {
    const state = temporaryState();
    const engineBefore = await start(name, state);
    const before = await createTable(engineBefore.endpoint, "pets");
    await before.put("one");
    const first = await poll(before);
    await first.until(() => first.records().length === 1);
    await first.close();
    await before.put("two");
    await engineBefore.close();

    const after = await createTable((await start(name, state)).endpoint, "pets");
    await after.put("three");
    const second = await poll(after, {}, () => ok, first.directory);
    await second.until(() => second.records().length === 2);
    expect(second.ids().flat()).toEqual(["two", "three"]);
  });
});

describe.runIf(engines.includes("dynoxide"))("a mapping", () => {
  const engine = startBeforeAll("dynoxide");

  it("delivers changes in order, one batch at a time", async () => {
    const pets = await createTable(engine.endpoint);
    let busy = 0;
    const { until, records, batches } = await poll(pets, { batchSize: 7 }, async () => {
      expect(++busy).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      busy--;
      return ok;
    });
    const ids = ["a", "b", "c", "d"];
    const write = async (id: string) => {
      for (let n = 1; n <= 50; n++) await pets.put(id, n);
    };
    await Promise.all(ids.map(write));
    await until(() => records().length === 200);
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(7);
    for (const id of ids) {
      const ofItem = records().filter(({ dynamodb }) => dynamodb.Keys.id.S === id);
      expect(ofItem.map(({ dynamodb }) => Number(dynamodb.NewImage.n.N))).toEqual(
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
    }
  });

  it("isolates a poison record, and sends a message to the on-failure queue", async () => {
    const pets = await createTable(engine.endpoint);
    for (let n = 1; n <= 10; n++) await pets.put(`pet-${n}`);
    const done: string[] = [];
    const { until, messages, records } = await poll(
      pets,
      { bisectOnError: true, maximumRetryAttempts: 1, onFailureArn: queueArn },
      (batch) => {
        const ids = batch.map(({ dynamodb }) => dynamodb.Keys.id.S);
        if (ids.includes("pet-4")) return failed;
        done.push(...ids);
        return ok;
      },
    );
    await until(() => done.length === 9);
    expect(done).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10].map((n) => `pet-${n}`));
    const poison = records().find(({ dynamodb }) => dynamodb.Keys.id.S === "pet-4");
    const { SequenceNumber } = poison.dynamodb;
    expect(messages).toMatchObject([
      {
        arn: queueArn,
        body: {
          requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
          DDBStreamBatchInfo: {
            startSequenceNumber: SequenceNumber,
            endSequenceNumber: SequenceNumber,
            streamArn,
          },
        },
      },
    ]);
  });

  it("retries from the first record that the function reports", async () => {
    const pets = await createTable(engine.endpoint);
    for (const id of ["a", "b", "c"]) await pets.put(id);
    const { until, batches, ids } = await poll(pets, { partialResponses: true }, (batch, call) =>
      call === 1 ? report(batch[1].dynamodb.SequenceNumber) : ok,
    );
    await until(() => batches.length === 2);
    expect(ids()).toEqual([
      ["a", "b", "c"],
      ["b", "c"],
    ]);
  });

  it("drops records that match no filter", async () => {
    const pets = await createTable(engine.endpoint);
    const filters = [JSON.stringify({ dynamodb: { Keys: { id: { S: [{ prefix: "dog-" }] } } } })];
    for (const id of ["cat-1", "dog-1", "cat-2", "dog-2", "cat-3"]) await pets.put(id);
    const { until, records, ids } = await poll(pets, { filters });
    await until(() => records().length === 2);
    expect(ids().flat()).toEqual(["dog-1", "dog-2"]);
  });

  it("is independent of another mapping of the same table", async () => {
    const pets = await createTable(engine.endpoint);
    const directory = temporaryDirectory();
    const broken = await poll(pets, { name: "Broken" }, () => failed, directory);
    const sound = await poll(pets, { name: "Sound" }, () => ok, directory);
    for (const id of ["a", "b", "c"]) await pets.put(id);
    await sound.until(() => sound.records().length === 3);
    await broken.until(() => broken.batches.length >= 2);
    expect(broken.ids()[1]?.[0]).toBe("a");
    expect(broken.messages).toEqual([]);
  });

  it("loses nothing when its process is killed", { timeout: 60_000 }, async () => {
    const pets = await createTable(engine.endpoint);
    const options = {
      mapping: mapping({ batchSize: 10 }),
      table: pets.table,
      dynamodbEndpoint: engine.endpoint,
      directory: temporaryDirectory(),
    };
    const runs: bigint[][] = [];
    const all = new Set<string>();
    const CHANGES = 300;

    /** Runs the consumer until it has printed this many lines, or processed all changes. */
    async function runUntil(lines: number): Promise<void> {
      const script = fileURLToPath(new URL("consumer.ts", import.meta.url));
      const child = spawn(process.execPath, [script, JSON.stringify(options)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      const run: Event[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        run.push(...JSON.parse(line));
        for (const { dynamodb } of JSON.parse(line)) all.add(dynamodb.SequenceNumber);
        if (--lines === 0 || all.size === CHANGES) child.kill("SIGKILL");
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      // A process repeats what the one before did not finish, but reads in order.
      const numbers = sequenceNumbers(run);
      expect(numbers).toEqual(sorted(numbers));
      runs.push(numbers);
    }

    const writing = (async () => {
      for (let n = 1; n <= CHANGES; n++) await pets.put(`pet-${n % 7}`, n);
    })();
    while (all.size < CHANGES) await runUntil(1 + Math.floor(Math.random() * 16));
    await writing;

    expect(sorted([...all].map(BigInt))).toEqual(
      Array.from({ length: CHANGES }, (_, n) => BigInt(n + 1)),
    );
    // Each process repeats at most the batch that was in progress.
    expect(runs.flat().length - CHANGES).toBeLessThanOrEqual(10 * (runs.length - 1));
    expect(runs.length).toBeGreaterThan(2);
  });

  it("waits in close for the running invocation, and starts no more", async () => {
    const pets = await createTable(engine.endpoint);
    await pets.put("a");
    let respond = (_: typeof ok) => {};
    const first = await poll(pets, {}, () => new Promise((resolve) => (respond = resolve)));
    await first.until(() => first.batches.length === 1);
    const closed = first.close();
    respond(ok);
    await closed;
    await pets.put("b");
    const second = await poll(pets, {}, () => ok, first.directory);
    await second.until(() => second.batches.length === 1);
    expect(second.ids()).toEqual([["b"]]);
    expect(first.batches).toHaveLength(1);
  });

  it("throws a UserError for an invalid filter or a table without a stream", async () => {
    const pets = await createTable(engine.endpoint);
    await expect(poll(pets, { filters: ["{"] })).rejects.toThrow(UserError);
    const { StreamSpecification, ...definition } = pets.table.definition;
    const TableName = `pets-${randomUUID()}`;
    const plain = { ...pets.table, name: TableName, definition: { ...definition, TableName } };
    await ensureTables(engine.endpoint, [plain]);
    await expect(poll({ table: plain, endpoint: engine.endpoint })).rejects.toThrow(
      /has no stream/,
    );
  });
});
