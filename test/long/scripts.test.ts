import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { loadGraph } from "@petstore/offline/graph/load";
import { publishEndpoint } from "@petstore/offline/runtime/endpoint-file";
import { startProcessGuard } from "@petstore/offline/util/process-guard";
import { describe, expect, it, vi } from "vitest";
import { temporaryApp } from "../support/app.ts";
import { projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";
import { runScript } from "../support/operator.ts";
import { processesOf } from "../support/processes.ts";

const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Runs a shell command in the project to its end. */
async function shell(command: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn("sh", ["-c", command], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  // Kills the command if the test fails or is stopped.
  const guard = startProcessGuard();
  guard.add(child.pid as number);
  const [stdout, stderr, code] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  guard.close();
  return { code, stdout: stdout.join(""), stderr: stderr.join("") };
}

/** Creates a state with the endpoint file of a runtime that does not exist. */
async function createStateWithoutRuntime() {
  const folder = await temporaryFolder();
  publishEndpoint(folder.path, {
    url: "http://127.0.0.1:9",
    appUrls: ["http://127.0.0.1:9"],
    localUrls: Object.fromEntries(
      loadGraph("offline", projectRoot)
        .resources.filter(({ type }) => type === "aws:cognito/userPool:UserPool")
        .map(({ state }) => [`https://${state.endpoint}`, "http://127.0.0.1:9"]),
    ),
    accessKeyId: "",
    secretAccessKey: "",
  });
  return folder;
}

describe("a command fails with one line and exit code 1 for an invalid argument", () => {
  const calls: [name: string, args: string, named?: string][] = [
    ["redrive", "chunks notifications", "notifications"],
    ["token", "extra"],
    ["token", "--user a", "--user"],
    ["shell", "--user a -- true", "--user"],
    ["synth", "extra"],
    ["openapi", "extra"],
    ["seed", "extra"],
    ["seed", "--count many"],
    ["seed", "--url nowhere"],
    ["redrive", "chunks --force", "--force"],
    ["warm", "extra"],
    ["reindex", "extra"],
    ["symbolicate", "one.log two.log"],
    ["token:aws", "extra"],
    ["fuzz", "extra"],
    ["fuzz", "--runs many"],
    ["bench", "extra"],
    ["bench", "--only"],
  ];

  it.each(calls)("npm run %s -- %s", async (name, args, named = args.split(" ").at(-1)) => {
    await using state = await createStateWithoutRuntime();
    const { code, output } = await runScript(state.path, [name, args]);

    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/^[^\n]+\.\n$/) });
    expect(output).toContain(named);
  });
});

const oldNode = "/usr/bin/node";
const isOld =
  existsSync(oldNode) && /^v(\d|1\d|2[0-3])\./.test((await shell(`${oldNode} -v`)).stdout);

describe.skipIf(!isOld)("a command asks for Node 24 on an older Node", () => {
  const scriptNames = Object.keys(scripts).filter(
    (name) => !/^(fix|dev|deploy|post.*)$/.test(name),
  );

  it.each(scriptNames)("npm run %s", async (name) => {
    await using bin = await temporaryFolder();
    await symlink(oldNode, join(bin.path, "node"));
    const path = [bin.path, join(projectRoot, "node_modules/.bin"), process.env.PATH].join(":");

    // A command without the check would print its help.
    expect(await shell(`${scripts[name]} --help`, { PATH: path })).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^This needs Node 24 or newer and runs on v\d+\.\d+\.\d+: install Node 24, then run npm ci again\.\n$/,
      ),
    });
  });
});

describe("npm run seed", () => {
  it("creates pets in the running app, and changes nothing the second time", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path);
    const list = async () => (await fetch(`${offline.url}/api/pets`)).json();
    const seed = () => shell(`${scripts.seed} --count 3 --state ${state.path}`);

    const first = await seed();
    const created = await list();
    const second = await seed();

    expect(first).toEqual({
      code: 0,
      stdout: `3 of 3 pets are at ${offline.url}/api/pets.\n`,
      stderr: "",
    });
    expect(second).toEqual(first);
    expect(created).toMatchObject({ items: [{}, {}, {}] });
    expect(await list()).toEqual(created);
    await offline.stop();
  });

  it("does not create deleted pets again", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path);
    const seed = () => shell(`${scripts.seed} --count 2 --state ${state.path}`);
    await seed();
    const { items } = (await (await fetch(`${offline.url}/api/pets`)).json()) as {
      items: { id: string }[];
    };
    const authorization = `Bearer ${await offline.token({ sub: "user-a", scope: "pets:write" })}`;
    const deleted = await fetch(`${offline.url}/api/pets/${items[0]?.id}`, {
      method: "DELETE",
      headers: { authorization },
    });

    const again = await seed();

    expect(deleted.status).toBe(204);
    expect(again).toMatchObject({
      code: 0,
      stdout: `1 of 2 pets are at ${offline.url}/api/pets; the others were deleted since and stay deleted.\n`,
    });
    await offline.stop();
  });
});

describe("a reader that closes the pipe early", () => {
  it("ends npm start and all its processes", async () => {
    // The app has no schedule, so nothing is printed after this line.
    await using app = await temporaryApp({});
    const bin = join(projectRoot, "packages/offline/bin/offline.mjs");
    const start = `cd ${app.path} && node ${bin} --port 0 --state ${app.state}`;

    const { stdout, stderr } = await shell(`(${start}) | grep -m 1 Ready`, {
      FOLDER_OF_TEST: app.path,
    });

    expect(stdout).toMatch(/Ready in \d+ ms/);
    expect(stderr).toBe("");
    await vi.waitFor(() => expect(processesOf(app.path)).toEqual([]));
  });

  it.each(["start -- --help", "token", "token -- --help", "shell -- --help", "seed -- --help"])(
    "causes no error of npm run %s",
    async (script) => {
      await using state = await temporaryFolder();
      const [name = "", args = ""] = script.split(" -- ");
      const offline = name === "token" && !args ? await startOffline(state.path) : undefined;
      const command = `${scripts[name]?.replace("exec ", "")} --state ${state.path} ${args}`;

      // `true` has ended long before the command writes.
      const { stderr } = await shell(`${command} | true`);

      expect(stderr).toBe("");
      await offline?.stop();
    },
  );
});
