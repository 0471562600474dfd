import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { InvokeResult } from "@petstore/offline/runtime/invocation";
import { type LogStream, startLambda } from "@petstore/offline/services/lambda/lambda";
import type { LambdaFunction } from "@petstore/offline/services/lambda/resources";
import { onTestFinished } from "vitest";

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
 * Starts a Lambda service for a folder with these sources. Every source file whose name begins with a
 * capital letter is a function, with its overrides.
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
    /** Resolves with the first line that matches, past or future. */
    line: (matches: (line: Line) => boolean): Promise<Line> =>
      new Promise((resolve) => {
        const check = () => {
          const found = lines.find(matches);
          if (found) {
            listeners.delete(check);
            resolve(found);
          }
        };
        listeners.add(check);
        check();
      }),
  };
}

/** Parses the result's payload. Fails the test if there is none. */
export function payloadOf(result: InvokeResult): unknown {
  if (result.kind !== "response") throw new Error(JSON.stringify(result));
  return JSON.parse(result.payload);
}

/** Returns whether a process is running. Zombies are not. */
export function isAlive(pid: number): boolean {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)]);
  return status === 0 && !stdout.toString().startsWith("Z");
}
