import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { LambdaFunction } from "../resources.ts";

const BOOTSTRAP = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));

/**
 * Starts a process of a function. It leads a separate process group, so that Ctrl-C reaches only the
 * runtime, and a signal to the group reaches everything that the function has started.
 *
 * @param variables override the variables that Lambda sets
 */
export function spawnFunction(
  fn: LambdaFunction,
  bundle: { directory: string; file: string; handler: string },
  variables: Record<string, string>,
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [...heapOptions(fn), BOOTSTRAP, bundle.file], {
    cwd: bundle.directory,
    env: { ...functionEnvironment(fn, bundle), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

/**
 * Returns the environment that Lambda gives a function: defaults that the function may override, the
 * function's variables, then those that only Lambda sets. Of the developer's environment it contains
 * only PATH.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function functionEnvironment(
  fn: LambdaFunction,
  bundle: { directory: string; handler: string },
): Record<string, string> {
  const region = fn.arn.split(":")[3] ?? "";
  return {
    LANG: "en_US.UTF-8",
    PATH: process.env.PATH ?? "",
    TZ: ":UTC",
    ...fn.environment,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.build.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: fn.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: fn.logFormat,
    ...(fn.logLevel && { AWS_LAMBDA_LOG_LEVEL: fn.logLevel }),
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(new Date()),
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    LAMBDA_TASK_ROOT: bundle.directory,
    _HANDLER: bundle.handler,
  };
}

function logStreamName(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomBytes(16).toString("hex")}`;
}

/**
 * Returns V8's heap limits as Lambda's runtime sets them: a tenth of the memory for the young
 * generation (two semi-spaces), the rest for the old one. Limits in NODE_OPTIONS take precedence.
 */
export function heapOptions(fn: LambdaFunction): string[] {
  if (/max[-_](old|semi)[-_]space[-_]size/.test(fn.environment.NODE_OPTIONS ?? "")) return [];
  const young = Math.floor(fn.memoryMb / 10);
  return [
    `--max-semi-space-size=${Math.floor(young / 2)}`,
    `--max-old-space-size=${fn.memoryMb - young}`,
  ];
}

/** Bytes, on x86-64 and on all common arm64 kernels. */
const PAGE_SIZE = 4096;

/**
 * Reads the resident memory of a process from Linux's `/proc/<pid>/statm` (proc(5)).
 *
 * @returns bytes; undefined when the process has ended, and on systems without `/proc`
 */
export function readResidentMemory(pid: number): number | undefined {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ", 2);
    return Number(resident) * PAGE_SIZE;
  } catch {
    return undefined;
  }
}
