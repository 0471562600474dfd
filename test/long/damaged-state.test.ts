import {
  chmod,
  cp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join, relative } from "node:path";
import type { Pet } from "@petstore/core/pets/pet";
import { findDynamoDbLocal } from "@petstore/offline/services/dynamodb/dynamodb-local";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { run, startOffline, temporaryFolder } from "../support/offline.ts";

/** Files that every start overwrites or only appends to. */
const REWRITTEN = /^(endpoint\.json|access\.log|permissions\.jsonl|bundles\/.*|.*-shm)$/;

const DATABASES = [
  "async-invocations.sqlite",
  "data/dynoxide/dynoxide.db",
  "data/sqs/fauxqs.db",
  "data/stream-checkpoints/stream-checkpoints.db",
];
const LOGS = DATABASES.map((file) => `${file}-wal`);
const OTHERS = ["issuer-key.json", "mailbox.jsonl", "offline.lock", "state.json"];

const folder = await temporaryFolder();
/** States after Ctrl-C and after `kill -9`, when data is still in the write-ahead logs. */
const stopped = join(folder.path, "stopped");
const killed = join(folder.path, "killed");
let pet: Pet;

beforeAll(async () => {
  const first = await startOffline(killed);
  pet = await aPet(
    clientOf(() => first),
    { ownerEmail: "rex@example.com" },
  );
  const mailbox = join(killed, "mailbox.jsonl");
  await vi.waitFor(async () => expect(await readFile(mailbox, "utf8")).toMatch(/\n$/), 30_000);
  await first.kill();
  await cp(killed, stopped, { recursive: true, verbatimSymlinks: true });
  await (await startOffline(stopped)).stop();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Copies a state until the end of the scope. */
async function copyState(original: string) {
  const copy = await temporaryFolder();
  await cp(original, copy.path, { recursive: true, verbatimSymlinks: true });
  return { ...copy, fileOf: (name: string) => join(copy.path, name) };
}

/** Starts on a state and waits until the runtime ends by itself. */
async function startAndFail(state: string, args: string[] = []) {
  const { exited, output } = run(["--port", "0", "--state", state, ...args]);
  const code = await exited;
  return { code, output: output() };
}

async function expectFailureUntilFresh(state: string, file: string, args: string[] = []) {
  const { code, output } = await startAndFail(state, args);

  expect(output).toMatch(/^\S*[^\n]*--fresh[^\n]*\n$/);
  expect(output).toContain(file);
  expect(code).toBe(1);

  const fresh = await startOffline(state, { args: [...args, "--fresh"] });
  expect(await fresh.stop()).toBe(0);
}

async function filesIn(state: string): Promise<string[]> {
  const entries = await readdir(state, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(state, join(entry.parentPath, entry.name)));
}

describe("a start fails with one line until --fresh is given", () => {
  it("the tests cover all files of a state", async () => {
    const files = (await filesIn(killed)).filter((file) => !REWRITTEN.test(file));

    expect(files.sort()).toEqual([...DATABASES, ...LOGS, ...OTHERS].sort());
  });

  it.each([...OTHERS, ...DATABASES])("when %s has other content", async (file) => {
    await using state = await copyState(stopped);
    await writeFile(state.fileOf(file), "no such thing\n".repeat(1000));

    await expectFailureUntilFresh(state.path, file);
  });

  it.each([...DATABASES, "issuer-key.json", "state.json"])("when %s is truncated", async (file) => {
    await using state = await copyState(stopped);
    const { size } = await stat(state.fileOf(file));
    await truncate(state.fileOf(file), Math.floor(size / 2));

    await expectFailureUntilFresh(state.path, file);
  });

  it.each(LOGS.toReversed())("when %s has other content", async (file) => {
    await using state = await copyState(killed);
    await writeFile(state.fileOf(file), "no such thing\n".repeat(1000));

    await expectFailureUntilFresh(state.path, file);
  });

  it.each([...OTHERS, ...DATABASES])("when %s is a folder", async (file) => {
    await using state = await copyState(stopped);
    await rm(state.fileOf(file));
    await cp(import.meta.dirname, state.fileOf(file), { recursive: true });

    await expectFailureUntilFresh(state.path, file);
  });

  it("when data is a file", async () => {
    await using state = await copyState(stopped);
    await rm(state.fileOf("data"), { recursive: true });
    await writeFile(state.fileOf("data"), "");

    await expectFailureUntilFresh(state.path, "data");
  });

  it.runIf(findDynamoDbLocal())("when DynamoDB Local's database has other content", async () => {
    await using state = await copyState(stopped);
    const args = ["--engine", "dynamodb-local"];
    await (await startOffline(state.path, { args })).stop();
    const [file = ""] = await readdir(state.fileOf("data/dynamodb-local"));
    await writeFile(state.fileOf(`data/dynamodb-local/${file}`), "no such thing\n".repeat(1000));

    await expectFailureUntilFresh(state.path, file, args);
  });
});

describe("a start", () => {
  it.each(["endpoint.json", "access.log", "permissions.jsonl"])(
    "fails with one line when %s is a folder",
    async (file) => {
      await using state = await copyState(stopped);
      await rm(state.fileOf(file), { force: true });
      await cp(import.meta.dirname, state.fileOf(file), { recursive: true });

      await expectFailureUntilFresh(state.path, file);
    },
  );

  it("works when files that it overwrites are damaged", async () => {
    await using state = await copyState(killed);
    for (const file of await filesIn(state.path)) {
      if (REWRITTEN.test(file)) await writeFile(state.fileOf(file), "no such thing\n".repeat(1000));
    }

    const offline = await startOffline(state.path);

    expect((await clientOf(() => offline)("GET", `/api/pets/${pet.id}`)).body).toEqual(pet);
    expect(await offline.stop()).toBe(0);
  });

  it("loses no data when state.json is missing", async () => {
    await using state = await copyState(stopped);
    await rm(state.fileOf("state.json"));

    const offline = await startOffline(state.path);

    expect((await clientOf(() => offline)("GET", `/api/pets/${pet.id}`)).body).toEqual(pet);
    await offline.stop();
  });

  it("continues without an access log that cannot be written", async () => {
    await using state = await copyState(stopped);
    const file = state.fileOf("access.log");
    await rm(file);
    await symlink("/dev/full", file);

    const offline = await startOffline(state.path);
    const call = clientOf(() => offline);

    expect((await call("GET", "/api/health")).status).toBe(200);
    await offline.printed(/^Stopped writing to .*access\.log: ENOSPC.*$/m);
    expect((await call("GET", `/api/pets/${pet.id}`)).body).toEqual(pet);
    expect(offline.output().match(/ENOSPC/g)).toHaveLength(1);
    expect(await offline.stop()).toBe(0);
  });
});

describe("permissions of files and folders", () => {
  const modesOf = async (state: string) => {
    const names = await readdir(state, { recursive: true });
    const files = await Promise.all(
      ["", ...names]
        // node_modules is a link to the project's dependencies.
        .filter((name) => !name.includes("node_modules"))
        .map(async (name) => ({ name, ...(await stat(join(state, name))) })),
    );
    return files.filter(({ mode }) => mode & 0o077).map(({ name }) => name);
  };

  it.each(["dynoxide", ...(findDynamoDbLocal() ? ["dynamodb-local"] : [])])(
    "allow only the owner, with %s",
    async (engine) => {
      await using parent = await temporaryFolder();
      const state = join(parent.path, "new");
      const offline = await startOffline(state, { args: ["--engine", engine] });
      await aPet(clientOf(() => offline));

      expect(await modesOf(state)).toEqual([]);

      await offline.stop();
    },
  );

  it("are restricted in a state of an earlier version", async () => {
    await using state = await copyState(stopped);
    for (const name of await readdir(state.path, { recursive: true })) {
      if (!name.includes("node_modules")) await chmod(state.fileOf(name), 0o755);
    }
    await chmod(state.path, 0o755);

    const offline = await startOffline(state.path);

    expect(await modesOf(state.path)).toEqual([]);
    await offline.stop();
  });
});
