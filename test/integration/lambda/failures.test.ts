import { describe, expect, it } from "vitest";
import { host, payloadOf } from "./harness.ts";

/** A function that fails in the requested way, and otherwise returns its process id. */
const FAULTY = `
  const later = () => new Promise(() => {});
  const ways: Record<string, () => unknown> = {
    throw: () => { throw new RangeError("thrown"); },
    uncaught: () => { setTimeout(() => { throw new Error("late"); }); return later(); },
    rejection: () => { void Promise.reject(new Error("nobody")); return later(); },
    exit1: () => process.exit(1),
    exit0: () => process.exit(0),
    kill: () => { process.kill(process.pid, "SIGKILL"); return later(); },
    hang: later,
    spin: () => { for (;;); },
    buffers: async () => {
      const kept = [];
      for (;;) { kept.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 5)); }
    },
    heap: () => { const kept: unknown[] = []; for (;;) kept.push(new Array(1000).fill(0)); },
    circular: () => { const a: any = {}; a.a = a; return a; },
  };
  export const handler = async ({ how }: any) => how ? ways[how]!() : process.pid;`;

const exit = (reason: string) => ({
  errorType: "Runtime.ExitError",
  errorMessage: `RequestId: r1 Error: Runtime exited with error: ${reason}`,
});

describe("a failing function", () => {
  it.each([
    ["throw", { errorType: "RangeError", errorMessage: "thrown" }],
    ["circular", { errorType: "Runtime.JSONStringifyError" }],
    ["uncaught", { errorType: "Error", errorMessage: "late" }],
    [
      "rejection",
      { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: nobody" },
    ],
    ["exit1", exit("exit status 1")],
    [
      "exit0",
      {
        errorType: "Runtime.ExitError",
        errorMessage: "RequestId: r1 Error: Runtime exited without providing a reason",
      },
    ],
    ["kill", exit("signal: killed")],
    ["heap", exit("signal: aborted")],
    [
      "buffers",
      {
        errorType: "Runtime.OutOfMemory",
        errorMessage: "RequestId: r1 Error: Runtime exited with error: signal: killed",
      },
    ],
    [
      "hang",
      {
        errorType: "Sandbox.Timedout",
        errorMessage: "RequestId: r1 Error: Task timed out after 1.00 seconds",
      },
    ],
    ["spin", { errorType: "Sandbox.Timedout" }],
  ])(
    "%s: returns and logs the error once, without effect on other functions or the next invocation",
    async (how, expected) => {
      const { invoke, lines, line } = await host(
        { "Faulty.ts": FAULTY, "Other.ts": `export const handler = async () => "fine";` },
        {
          Faulty: {
            timeoutSeconds: ["hang", "spin"].includes(how) ? 1 : 20,
            memoryMb: how === "heap" ? 1024 : 128,
            environment: how === "heap" ? { NODE_OPTIONS: "--max-old-space-size=30" } : {},
          },
        },
      );
      const before = payloadOf(await invoke("Faulty"));
      const failing = invoke("Faulty", { how }, { requestId: "r1" });
      expect(payloadOf(await invoke("Other"))).toBe("fine");
      expect(await failing).toMatchObject({ kind: "error", ...expected });

      await line(({ line }) => line.startsWith("REPORT RequestId: r1"));
      const errors = lines.filter(({ line }) => line.includes("r1") && !line.startsWith("REPORT"));
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ name: "Faulty" });

      const after = payloadOf(await invoke("Faulty"));
      const survives = how === "throw" || how === "circular";
      expect(after === before).toBe(survives);
    },
    30_000,
  );

  it("reports how the process ended in REPORT", async () => {
    const { invoke, line } = await host({ "Faulty.ts": FAULTY }, { Faulty: { timeoutSeconds: 1 } });
    const report = (id: string) => line(({ line }) => line.startsWith(`REPORT RequestId: ${id}\t`));
    await invoke("Faulty", { how: "hang" }, { requestId: "r1" });
    expect((await report("r1")).line).toMatch(/\tStatus: timeout$/);
    await invoke("Faulty", { how: "exit1" }, { requestId: "r2" });
    expect((await report("r2")).line).toMatch(/\tStatus: error\tError Type: Runtime.ExitError$/);
  });

  it.each([
    ["missing package", `import "no-such-package-anywhere";`, "Runtime.ImportModuleError"],
    ["no handler", `export const other = 1;`, "Runtime.HandlerNotFound"],
    ["handler is no function", `export const handler = 1;`, "Runtime.HandlerNotFound"],
    [
      "callback handler",
      `export const handler = (event, context, callback) => callback();`,
      "Runtime.CallbackHandlerDeprecated",
    ],
    ["throws", `throw new TypeError("top level");`, "TypeError"],
    ["exits", `process.exit(3);`, "Runtime.ExitError"],
    ["evaluates bad code", `new Function("]");`, "Runtime.UserCodeSyntaxError"],
  ])("returns the error of a failed init to every invocation: %s", async (_, source, errorType) => {
    const { invoke, lines } = await host(
      { "Init.ts": source, "Other.ts": `export const handler = async () => "fine";` },
      {
        Init: {
          build: {
            functionID: "Init",
            handler: "Init.handler",
            runtime: "nodejs24.x",
            links: {},
            nodejs: { esbuild: { external: ["no-such-package-anywhere"] } },
          },
        },
      },
    );
    const results = await Promise.all([invoke("Init", {}, { requestId: "r1" }), invoke("Init")]);
    expect(results).toMatchObject([{ errorType }, { errorType }]);
    const about = lines.filter(({ line }) => line.includes("RequestId: r1"));
    expect(about).toHaveLength(1);
    expect(about[0]?.line).toContain("(init phase)");
    expect(payloadOf(await invoke("Other"))).toBe("fine");
  });

  it("names the request in the error when the process exits during init", async () => {
    const { invoke } = await host({ "Init.ts": `process.exit(3);` });
    expect(await invoke("Init", {}, { requestId: "r1" })).toMatchObject(exit("exit status 3"));
  });

  it("ends an init phase that exceeds its time limit", async () => {
    const { invoke } = await host(
      { "Init.ts": `await new Promise(() => setInterval(() => {}, 1e6));` },
      {},
      { initTimeout: 0.5 },
    );
    expect(await invoke("Init", {}, { requestId: "r1" })).toMatchObject({
      errorType: "Sandbox.Timedout",
      errorMessage: "RequestId: r1 Error: Task timed out after 0.50 seconds",
    });
  });
});
