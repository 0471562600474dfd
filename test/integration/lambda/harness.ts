import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type LogStream, startLambda } from "@petstore/offline/services/lambda/lambda";
import { onTestFinished } from "vitest";
import type { InvokeResult } from "../../../packages/offline/src/runtime/invocation.ts";
import type { LambdaFunction } from "../../../packages/offline/src/services/lambda/functions.ts";

export interface Line {
  name: string;
  line: string;
  stream: LogStream | "reload";
}

const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:app-${name}`;

export function lambdaFunction(
  name: string,
  overrides: Partial<LambdaFunction> = {},
): LambdaFunction {
  return {
    name,
    functionName: `app-${name}`,
    arn: arnOf(name),
    roleArn: "arn:aws:iam::123456789012:role/any",
    memoryMb: 256,
    timeoutSeconds: 10,
    environment: {},
    logGroup: `/aws/lambda/app-${name}`,
    logFormat: "Text",
    tracing: "PassThrough",
    build: { functionID: name, handler: `${name}.handler`, runtime: "nodejs24.x", links: {} },
    ...overrides,
  };
}

/**
 * A Lambda service over a folder with these sources, `<function>.ts` each. A function is hosted
 * for every source file with a capital letter, with the overrides given for it.
 */
export async function host(
  sources: Record<string, string>,
  overrides: Record<string, Partial<LambdaFunction>> = {},
  options: { initTimeout?: number } = {},
) {
  const projectRoot = realpathSync(mkdtempSync(join(tmpdir(), "lambda-")));
  const lines: Line[] = [];
  const listeners = new Set<() => void>();
  const record = (line: Line) => {
    lines.push(line);
    for (const listener of listeners) listener();
  };
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(projectRoot, file)), { recursive: true });
    writeFileSync(join(projectRoot, file), text);
  };
  for (const [file, text] of Object.entries(sources)) write(file, text);
  const names = Object.keys(sources).flatMap((file) => /^[A-Z]\w+/.exec(file)?.[0] ?? []);

  const lambda = await startLambda({
    functions: names.map((name) => lambdaFunction(name, overrides[name])),
    projectRoot,
    stateDir: join(projectRoot, ".state"),
    environment: (fn) => ({ AWS_ACCESS_KEY_ID: `KEY${fn.name}`, AWS_SECRET_ACCESS_KEY: "secret" }),
    log: (name, line, stream) => record({ name, line, stream }),
    onReload: (name) => record({ name, line: "", stream: "reload" }),
    ...options,
  });
  onTestFinished(async () => {
    await lambda.close();
    rmSync(projectRoot, { recursive: true, force: true });
  });

  return {
    lambda,
    lines,
    write,
    invoke: (name: string, event: unknown = {}, request = {}): Promise<InvokeResult> =>
      lambda.invoke(arnOf(name), JSON.stringify(event), request),
    /** Resolves with the first line, written already or yet to come, that is like this. */
    line: (like: (line: Line) => boolean): Promise<Line> =>
      new Promise((resolve) => {
        const look = () => {
          const found = lines.find(like);
          if (found) {
            listeners.delete(look);
            resolve(found);
          }
        };
        listeners.add(look);
        look();
      }),
  };
}

/** The result's payload, parsed; fails the test if there is none. */
export function payloadOf(result: InvokeResult): unknown {
  if (result.kind !== "response") throw new Error(JSON.stringify(result));
  return JSON.parse(result.payload);
}

/** Whether a process is there and running: a zombie that nobody has reaped yet is dead. */
export function isAlive(pid: number): boolean {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)]);
  return status === 0 && !stdout.toString().startsWith("Z");
}
