import { describe, expect, it } from "vitest";
import { host, isAlive, payloadOf } from "./harness.ts";

describe("invoke", () => {
  it("passes the event and Lambda's context to the handler and returns its response", async () => {
    const { invoke } = await host({
      "Echo.ts": `export const handler = async (event: unknown, context: any) =>
      ({ event, context, left: context.getRemainingTimeInMillis() });`,
    });
    const result = await invoke("Echo", { ü: [1] }, { requestId: "request-1" });
    const { event, context, left } = payloadOf(result) as Record<string, unknown>;
    expect(event).toEqual({ ü: [1] });
    expect(left).toBeGreaterThan(5000);
    expect(left).toBeLessThanOrEqual(10_000);
    expect(context).toMatchObject({
      awsRequestId: "request-1",
      functionName: "app-Echo",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:app-Echo",
      memoryLimitInMB: "256",
      logGroupName: "/aws/lambda/app-Echo",
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
  });

  it("gives a function its own environment and no variables of the developer", async () => {
    process.env.SECRET_OF_THE_SHELL = "x";
    const { invoke } = await host(
      { "Env.ts": `export const handler = async () => process.env;` },
      { Env: { environment: { TABLE: "pets", AWS_REGION: "mine" } } },
    );
    const trace = "Root=1-67000000-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1";
    const env = payloadOf(await invoke("Env", {}, { traceHeader: trace }));
    expect(env).toMatchObject({
      TABLE: "pets",
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "KEYEnv",
      AWS_LAMBDA_FUNCTION_NAME: "app-Env",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      _HANDLER: "bundle.handler",
      _X_AMZN_TRACE_ID: trace,
      TZ: ":UTC",
    });
    expect(env).not.toHaveProperty("SECRET_OF_THE_SHELL");
    expect(env).not.toHaveProperty("HOME");
  });

  it("runs sequential invocations in one process and concurrent ones in separate processes", async () => {
    const { invoke } = await host({
      "Slow.ts": `let busy = false;
      export const handler = async ({ ms }: any) => {
        if (busy) throw new Error("shared");
        busy = true;
        await new Promise((done) => setTimeout(done, ms));
        busy = false;
        return process.pid;
      };`,
    });
    const sequential = [await invoke("Slow"), await invoke("Slow"), await invoke("Slow")];
    expect(new Set(sequential.map(payloadOf)).size).toBe(1);
    const concurrent = await Promise.all(
      Array.from({ length: 4 }, () => invoke("Slow", { ms: 300 })),
    );
    const pids = new Set(concurrent.map(payloadOf));
    expect(pids.size).toBeGreaterThan(1);
    expect(pids.size).toBeLessThanOrEqual(4);
  });

  it("logs lines in Lambda's text format, before REPORT", async () => {
    const { invoke, lines, line } = await host({
      "Talk.ts": `export const handler = async () => {
      for (let i = 0; i < 2000; i++) console.log("line %d\\nof many", i);
      process.stdout.write("no newline");
    };`,
    });
    await invoke("Talk", {}, { requestId: "r1" });
    await line(({ line }) => line.startsWith("REPORT RequestId: r1\t"));
    expect(lines).toHaveLength(2002);
    expect(lines[0]?.line).toMatch(/^\d{4}-.*Z\tr1\tINFO\tline 0\rof many$/);
    expect(lines[2000]?.line).toBe("no newline");
    expect(lines[2001]?.line).toMatch(
      /^REPORT RequestId: r1\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: [1-9]\d+ MB\tInit Duration: [\d.]+ ms$/,
    );
  });

  it("logs all lines of an invocation before its REPORT", async () => {
    const { invoke, lines, line } = await host({
      "Talk.ts": `export const handler = async () => { console.error("err"); console.log("out"); };`,
    });
    await invoke("Talk");
    const ids = Array.from({ length: 200 }, (_, i) => `r${i}`);
    for (const requestId of ids) await invoke("Talk", {}, { requestId });
    await line(({ line }) => line.startsWith("REPORT RequestId: r199\t"));
    for (const id of ids) {
      const about = lines.filter(
        ({ line }) => line.includes(`\t${id}\t`) || line.includes(` ${id}\t`),
      );
      expect(about.map(({ stream }) => stream).toSorted()).toEqual([
        "platform",
        "stderr",
        "stdout",
      ]);
      expect(about.at(-1)?.stream).toBe("platform");
    }
  });

  it("logs lines in the JSON log format", async () => {
    const { invoke, line } = await host(
      {
        "Json.ts": `export const handler = async () => { console.warn({ pets: 2 }); throw new TypeError("bad"); };`,
      },
      { Json: { logFormat: "JSON" } },
    );
    await invoke("Json", {}, { requestId: "r1" });
    const warning = await line(({ line }) => line.includes("WARN"));
    expect(JSON.parse(warning.line)).toMatchObject({
      level: "WARN",
      requestId: "r1",
      message: { pets: 2 },
    });
    const error = await line(({ line }) => line.includes("ERROR"));
    expect(JSON.parse(error.line)).toMatchObject({
      errorType: "TypeError",
      errorMessage: "bad",
      stackTrace: expect.arrayContaining([expect.stringContaining("bundle.mjs")]),
    });
  });

  it("limits payloads as Lambda does", async () => {
    const { invoke, lines } = await host({
      "Big.ts": `export const handler = async ({ size }: any) => "x".repeat(size);`,
    });
    expect(await invoke("Big", "x".repeat(6 * 1024 * 1024))).toEqual({
      kind: "error",
      errorType: "RequestEntityTooLargeException",
      errorMessage:
        "6291458 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
    });
    expect(lines).toEqual([]);
    expect(await invoke("Big", { size: 6 * 1024 * 1024 + 99 })).toEqual({
      kind: "error",
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    });
    expect(payloadOf(await invoke("Big", { size: 6 * 1024 * 1024 + 98 }))).toHaveLength(6_291_554);
    expect(payloadOf(await invoke("Big", { size: 1 }))).toBe("x");
  });

  it("throttles beyond the reserved concurrency", async () => {
    const { invoke } = await host(
      {
        "One.ts": `export const handler = async () => new Promise((done) => setTimeout(done, 100));`,
        "None.ts": `export const handler = async () => 1;`,
      },
      { One: { reservedConcurrency: 1 }, None: { reservedConcurrency: 0 } },
    );
    await invoke("One");
    const first = invoke("One");
    expect(await invoke("One")).toEqual({ kind: "throttled" });
    expect((await first).kind).toBe("response");
    expect((await invoke("One")).kind).toBe("response");
    expect(await invoke("None")).toEqual({ kind: "throttled" });
  });

  it("applies the esbuild plugins and defines of the `nodejs` option", async () => {
    const { invoke } = await host(
      {
        "Plug.ts": `import animal from "virtual:animal"; export const handler = async () => [animal, STAGE];`,
        "plugins.mjs": `export default [{
        name: "virtual",
        setup(build) {
          build.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: "virtual" }));
          build.onLoad({ filter: /.*/, namespace: "virtual" }, () => ({ contents: "export default 'cat'" }));
        },
      }];`,
      },
      {
        Plug: {
          build: {
            functionID: "Plug",
            handler: "Plug.handler",
            runtime: "nodejs24.x",
            links: {},
            nodejs: {
              plugins: "plugins.mjs",
              minify: true,
              esbuild: { define: { STAGE: '"test"' } },
            },
          },
        },
      },
    );
    expect(payloadOf(await invoke("Plug"))).toEqual(["cat", "test"]);
  });

  it("returns an error, without throwing, for an unknown function", async () => {
    const { lambda } = await host({});
    expect(await lambda.invoke("arn:none", "{}")).toMatchObject({
      errorType: "ResourceNotFoundException",
    });
  });

  it("ends all processes and fails waiting invocations on close, which can be called twice", async () => {
    const { invoke, lambda } = await host({
      "Stay.ts": `process.on("SIGTERM", () => {});
      export const handler = async ({ hang }: any) => hang ? new Promise(() => {}) : process.pid;`,
    });
    const pid = payloadOf(await invoke("Stay")) as number;
    const hanging = invoke("Stay", { hang: true });
    await Promise.all([lambda.close(), lambda.close()]);
    expect(isAlive(pid)).toBe(false);
    expect((await hanging).kind).toBe("error");
    expect((await invoke("Stay")).kind).toBe("error");
  });
});
