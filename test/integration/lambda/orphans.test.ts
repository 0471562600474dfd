import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { isAlive } from "./harness.ts";

describe("the runtime", () => {
  it("leaves no function process behind after SIGKILL", async () => {
    const root = mkdtempSync(join(tmpdir(), "lambda-"));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    writeFileSync(
      join(root, "Pid.ts"),
      `export const handler = async ({ hang }: any) => {
      console.log(process.pid);
      return hang ? new Promise(() => setInterval(() => {}, 1000)) : process.pid;
    };`,
    );
    const lambda = import.meta.resolve("@petstore/offline/services/lambda/lambda");
    writeFileSync(
      join(root, "runtime.mjs"),
      `const { startLambda } = await import(${JSON.stringify(lambda)});
    const fn = ${JSON.stringify({
      name: "Pid",
      functionName: "Pid",
      arn: "arn:aws:lambda:eu-central-1:123456789012:function:Pid",
      memoryMb: 256,
      timeoutSeconds: 60,
      environment: {},
      logGroup: "/aws/lambda/Pid",
      logFormat: "Text",
      tracing: "PassThrough",
      build: { functionID: "Pid", handler: "Pid.handler", runtime: "nodejs24.x", links: {} },
    })};
    const { invoke } = await startLambda({
      functions: [fn], projectRoot: ".", stateDir: ".state", environment: () => ({}),
      log: (name, line) => line.includes("INFO") && console.log(line.split("\\t").at(-1)),
    });
    await invoke(fn.arn, "{}");
    void invoke(fn.arn, '{"hang":true}');
    void invoke(fn.arn, '{"hang":true}');`,
    );
    const runtime = spawn(process.execPath, ["runtime.mjs"], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void runtime.kill("SIGKILL"));
    const pids: number[] = [];
    for await (const line of createInterface(runtime.stdout)) {
      pids.push(Number(line));
      if (pids.length === 3) break;
    }
    expect(new Set(pids).size).toBe(2);
    expect(pids.every(isAlive)).toBe(true);
    runtime.kill("SIGKILL");
    await expect.poll(() => pids.some(isAlive)).toBe(false);
  });
});
