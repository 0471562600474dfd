import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { temporaryApp } from "../support/app.ts";
import { projectRoot, run, startOffline } from "../support/offline.ts";
import { processesOf } from "../support/processes.ts";

const forever = "new Promise(() => setInterval(() => {}, 1e6))";

/** An app that can be busy in every way, and whose processes can all be told by its folder. */
async function busyApp() {
  const app = await temporaryApp({
    functions: {
      Quick: "export const handler = async () => process.pid;",
      Waits: {
        timeout: 60,
        source: `export const handler = () => { console.log("at work"); return ${forever}; };`,
      },
      Spins: {
        timeout: 60,
        source: `export const handler = () => { process.stdout.write("at work\\n"); for (;;); };`,
      },
      // A process of the function's own, which would outlive it.
      Spawns: {
        timeout: 60,
        source: `import { spawn } from "node:child_process";
          export const handler = () => {
            spawn("sleep", ["600"], { stdio: "ignore" });
            console.log("at work");
            return ${forever};
          };`,
      },
    },
    apis: [{ "GET /q": "Quick", "GET /w": "Waits", "GET /s": "Spins", "GET /p": "Spawns" }],
    tables: ["things"],
  });
  const args = ["--port", "0", "--state", app.state];
  return { ...app, args, options: { cwd: app.path, env: { FOLDER_OF_TEST: app.path } } };
}

type BusyApp = Awaited<ReturnType<typeof busyApp>>;

async function startBusy({ state, options }: BusyApp) {
  const offline = await startOffline(state, { ...options, args: ["--verbose"] });
  const requests = ["w", "s", "p"].map((path) => fetch(`${offline.url}/${path}`).catch(() => {}));
  await offline.printed(/(at work.*){3}/s);
  return { ...offline, requests };
}

/** As the terminal does it for Ctrl-C: to every process of the foreground group. */
const toGroup = (child: ChildProcess, signal: NodeJS.Signals) =>
  process.kill(-(child.pid as number), signal);

const patiently = { timeout: 30_000 };

const expectNothingLeft = ({ path }: BusyApp) =>
  vi.waitFor(() => expect(processesOf(path)).toEqual([]), patiently);

describe("Ctrl-C", () => {
  it("in the middle of requests ends all at once, without the noise of a crash", async () => {
    await using app = await busyApp();
    const { process: child, output, requests } = await startBusy(app);
    const before = output().length;
    toGroup(child, "SIGINT");
    expect((await once(child, "close"))[0]).toBe(0);
    expect(processesOf(app.path)).toEqual([]);
    await Promise.all(requests);
    const lines = output().slice(before).split("\n").filter(Boolean);
    expect(lines.filter((line) => !/shutting down$|REPORT/.test(line))).toEqual([]);
  });

  it("in the middle of the first builds ends all, quietly", async () => {
    await using app = await busyApp();
    const { process: child, output, printed } = run(app.args, app.options);
    await printed(/Ready/);
    toGroup(child, "SIGINT");
    expect((await once(child, "close"))[0]).toBe(0);
    expect(processesOf(app.path)).toEqual([]);
    expect(output()).toMatch(/Ctrl-C stops it\.\n\n$/);
  });

  it("while the engine starts does not wait for it", async () => {
    await using app = await busyApp();
    const { process: child, output } = run(app.args, app.options);
    await vi.waitUntil(() => existsSync(join(app.state, "data")), { ...patiently, interval: 1 });
    toGroup(child, "SIGINT");
    expect((await once(child, "close"))[0]).toBe(0);
    expect(output()).not.toMatch(/rror/);
    await expectNothingLeft(app);

    const next = await startOffline(app.state, app.options);
    expect((await fetch(`${next.url}/q`)).status).toBe(200);
    await next.stop();
  });

  it("twice ends it as well", async () => {
    await using app = await busyApp();
    const { process: child } = await startBusy(app);
    toGroup(child, "SIGINT");
    toGroup(child, "SIGINT");
    await once(child, "close");
    await expectNothingLeft(app);
  });
});

it.each(["SIGTERM", "SIGHUP"] as const)("%s is a Ctrl-C", async (signal) => {
  await using app = await busyApp();
  const { process: child } = await startBusy(app);
  child.kill(signal);
  expect((await once(child, "close"))[0]).toBe(0);
  expect(processesOf(app.path)).toEqual([]);
});

it("SIGTERM of npm start ends all that npm started", async () => {
  await using app = await busyApp();
  const npm = spawn("npm", ["start", "--silent", "--", ...app.args], {
    cwd: projectRoot,
    env: { ...process.env, ...app.options.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const chunk of npm.stdout) if (String(chunk).includes("Ready")) break;
  npm.kill("SIGTERM");
  await expectNothingLeft(app);
});

it("SIGKILL of the main process alone leaves nothing running, however busy", async () => {
  await using app = await busyApp();
  const { process: child } = await startBusy(app);
  child.kill("SIGKILL");
  await once(child, "exit");
  await expectNothingLeft(app);
});

it("SIGKILL of esbuild costs nothing: builds begin anew", async () => {
  await using app = await busyApp();
  const offline = await startOffline(app.state, app.options);
  const answer = fetch(`${offline.url}/q`);
  const isEsbuild = (line: string) => line.includes("--service");
  const esbuild = await vi.waitUntil(() => processesOf(app.path).find(isEsbuild), {
    ...patiently,
    interval: 1,
  });
  process.kill(Number.parseInt(esbuild, 10), "SIGKILL");
  expect(await (await answer).json()).toEqual(expect.any(Number));

  await app.write("src/Quick.ts", `export const handler = async () => "edited";`);
  await offline.printed(/Reloaded Quick/);
  expect(await (await fetch(`${offline.url}/q`)).json()).toBe("edited");
  expect(offline.output()).not.toMatch(/service/i);
  await offline.stop();
});

it("a function's own processes end with it", async () => {
  await using app = await busyApp();
  const offline = await startBusy(app);
  const sleeps = () => processesOf(app.path).filter((line) => line.includes("sleep 600"));
  expect(sleeps()).toHaveLength(1);
  const [spawns] = processesOf(app.path).filter((line) => line.includes("bundles/Spawns/bundle"));
  process.kill(Number.parseInt(spawns as string, 10), "SIGKILL");
  await offline.printed(/GET \/p 500 .*signal: killed/);
  await vi.waitFor(() => expect(sleeps()).toEqual([]), patiently);
  await offline.stop();
});

it("nobody who reads on ends it quietly", async () => {
  await using app = await busyApp();
  const offline = await startOffline(app.state, app.options);
  const before = offline.output();
  offline.process.stdout?.destroy();
  await fetch(`${offline.url}/q`).catch(() => {});
  expect((await once(offline.process, "exit"))[0]).toBe(0);
  await expectNothingLeft(app);
  expect(offline.output()).toBe(before);
});

describe("a start that is refused leaves nothing behind:", () => {
  const outcome = async (args: string[], options: object) => {
    const { exited, output } = run(args, options);
    return { code: await exited, output: output() };
  };

  it("the port is in use", async () => {
    await using app = await busyApp();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    const began = performance.now();
    const { code } = await outcome(["--port", port, "--state", app.state], app.options);
    expect(code).toBe(1);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(processesOf(app.path)).toEqual([]);
    server.close();
  });

  it("two start on one state at the same moment, and one runs", async () => {
    await using app = await busyApp();
    const starters = [1, 2].map(() => run(app.args, app.options));
    const first = await Promise.race(
      starters.map(async (starter) => ({ starter, code: await starter.exited })),
    );
    expect(first.code).toBe(1);
    expect(first.starter.output()).toMatch(/^.* is using .*\n$/);
    const other = starters.find((starter) => starter !== first.starter);
    await other?.printed(/Ready/);
    other?.process.kill("SIGINT");
    expect(await other?.exited).toBe(0);
    expect(processesOf(app.path)).toEqual([]);
  });

  it("the state cannot be a directory", async () => {
    await using app = await busyApp();
    const { code, output } = await outcome(["--state", "src/Quick.ts/x"], app.options);
    expect(code).toBe(1);
    expect(output).toMatch(/^Choose another --state: .*\n$/);
  });

  // Nothing is read-only to root.
  it.skipIf(process.getuid?.() === 0)("the state is read-only", async () => {
    await using app = await busyApp();
    await mkdir(app.state);
    await chmod(app.state, 0o555);
    const { code, output } = await outcome(app.args, app.options);
    expect(code).toBe(1);
    expect(output).toMatch(/^Choose another --state: .*\n$/);
    expect(processesOf(app.path)).toEqual([]);
  });
});
