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

/** Creates an app with handlers that never end. Its folder identifies all of its processes. */
async function createBusyApp() {
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
      // A child process of the function, which would outlive it.
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

type BusyApp = Awaited<ReturnType<typeof createBusyApp>>;

async function startBusy({ state, options }: BusyApp) {
  const offline = await startOffline(state, { ...options, args: ["--verbose"] });
  const requests = ["w", "s", "p"].map((path) => fetch(`${offline.url}/${path}`).catch(() => {}));
  await offline.printed(/(at work.*){3}/s);
  return { ...offline, requests };
}

/** Sends a signal to all processes of the group, as a terminal does for Ctrl-C. */
const signalGroup = (child: ChildProcess, signal: NodeJS.Signals) =>
  process.kill(-(child.pid as number), signal);

const LONG_WAIT = { timeout: 30_000 };

const expectNoProcesses = ({ path }: BusyApp) =>
  vi.waitFor(() => expect(processesOf(path)).toEqual([]), LONG_WAIT);

describe("Ctrl-C", () => {
  it("during requests ends all processes without printing errors", async () => {
    await using app = await createBusyApp();
    const { process: child, output, requests } = await startBusy(app);
    const before = output().length;
    signalGroup(child, "SIGINT");

    expect((await once(child, "close"))[0]).toBe(0);
    expect(processesOf(app.path)).toEqual([]);
    await Promise.all(requests);
    const lines = output().slice(before).split("\n").filter(Boolean);
    expect(lines.filter((line) => !/shutting down$|REPORT/.test(line))).toEqual([]);
  });

  it("during the first builds ends all processes without further output", async () => {
    await using app = await createBusyApp();
    const { process: child, output, printed } = run(app.args, app.options);
    await printed(/Ready/);
    signalGroup(child, "SIGINT");

    expect((await once(child, "close"))[0]).toBe(0);
    expect(processesOf(app.path)).toEqual([]);
    expect(output()).toMatch(/Ctrl-C stops it\.\n\n$/);
  });

  it("during the start of the engine ends at once, and the next start works", async () => {
    await using app = await createBusyApp();
    const { process: child, output } = run(app.args, app.options);
    await vi.waitUntil(() => existsSync(join(app.state, "data")), { ...LONG_WAIT, interval: 1 });
    signalGroup(child, "SIGINT");

    expect((await once(child, "close"))[0]).toBe(0);
    expect(output()).not.toMatch(/rror/);
    await expectNoProcesses(app);

    const next = await startOffline(app.state, app.options);
    expect((await fetch(`${next.url}/q`)).status).toBe(200);
    await next.stop();
  });

  it("twice ends all processes", async () => {
    await using app = await createBusyApp();
    const { process: child } = await startBusy(app);
    signalGroup(child, "SIGINT");
    signalGroup(child, "SIGINT");
    await once(child, "close");
    await expectNoProcesses(app);
  });
});

describe("a signal or a closed output", () => {
  it.each(["SIGTERM", "SIGHUP"] as const)(
    "%s ends all processes with exit code 0",
    async (signal) => {
      await using app = await createBusyApp();
      const { process: child } = await startBusy(app);
      child.kill(signal);

      expect((await once(child, "close"))[0]).toBe(0);
      expect(processesOf(app.path)).toEqual([]);
    },
  );

  it("SIGTERM of npm ends all processes", async () => {
    await using app = await createBusyApp();
    const npm = spawn("npm", ["start", "--silent", "--", ...app.args], {
      cwd: projectRoot,
      env: { ...process.env, ...app.options.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const chunk of npm.stdout) if (String(chunk).includes("Ready")) break;
    npm.kill("SIGTERM");
    await expectNoProcesses(app);
  });

  it("SIGKILL of the main process alone ends all processes", async () => {
    await using app = await createBusyApp();
    const { process: child } = await startBusy(app);
    child.kill("SIGKILL");
    await once(child, "exit");
    await expectNoProcesses(app);
  });

  it("SIGKILL of esbuild is recovered by building again", async () => {
    await using app = await createBusyApp();
    const offline = await startOffline(app.state, app.options);
    const response = fetch(`${offline.url}/q`);
    const isEsbuild = (line: string) => line.includes("--service");
    const esbuild = await vi.waitUntil(() => processesOf(app.path).find(isEsbuild), {
      ...LONG_WAIT,
      interval: 1,
    });
    process.kill(Number.parseInt(esbuild, 10), "SIGKILL");

    expect(await (await response).json()).toEqual(expect.any(Number));

    await app.write("src/Quick.ts", `export const handler = async () => "edited";`);
    await offline.printed(/Reloaded Quick/);
    expect(await (await fetch(`${offline.url}/q`)).json()).toBe("edited");
    expect(offline.output()).not.toMatch(/service/i);
    await offline.stop();
  });

  it("SIGKILL of a function ends its child processes", async () => {
    await using app = await createBusyApp();
    const offline = await startBusy(app);
    const sleeps = () => processesOf(app.path).filter((line) => line.includes("sleep 600"));

    expect(sleeps()).toHaveLength(1);
    const [spawns] = processesOf(app.path).filter((line) => line.includes("bundles/Spawns/bundle"));
    process.kill(Number.parseInt(spawns as string, 10), "SIGKILL");
    await offline.printed(/GET \/p 500 .*signal: killed/);
    await vi.waitFor(() => expect(sleeps()).toEqual([]), LONG_WAIT);
    await offline.stop();
  });

  it("a closed output ends all processes without an error", async () => {
    await using app = await createBusyApp();
    const offline = await startOffline(app.state, app.options);
    const before = offline.output();
    offline.process.stdout?.destroy();
    await fetch(`${offline.url}/q`).catch(() => {});

    expect((await once(offline.process, "exit"))[0]).toBe(0);
    await expectNoProcesses(app);
    expect(offline.output()).toBe(before);
  });
});

describe("a failed start leaves no processes", () => {
  const runToEnd = async (args: string[], options: object) => {
    const { exited, output } = run(args, options);
    return { code: await exited, output: output() };
  };

  it("when the port is in use", async () => {
    await using app = await createBusyApp();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    const { code } = await runToEnd(["--port", port, "--state", app.state], app.options);

    expect(code).toBe(1);
    expect(processesOf(app.path)).toEqual([]);
    server.close();
  });

  it("when another runtime starts on the same state at the same time", async () => {
    await using app = await createBusyApp();
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

  it("when the state cannot be a folder", async () => {
    await using app = await createBusyApp();
    const { code, output } = await runToEnd(["--state", "src/Quick.ts/x"], app.options);

    expect(code).toBe(1);
    expect(output).toMatch(/^Choose another --state: .*\n$/);
  });

  // Root can write to read-only folders.
  it.skipIf(process.getuid?.() === 0)("when the state is read-only", async () => {
    await using app = await createBusyApp();
    await mkdir(app.state);
    await chmod(app.state, 0o555);
    const { code, output } = await runToEnd(app.args, app.options);

    expect(code).toBe(1);
    expect(output).toMatch(/^Choose another --state: .*\n$/);
    expect(processesOf(app.path)).toEqual([]);
  });
});
