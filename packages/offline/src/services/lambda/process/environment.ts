import { randomBytes } from "node:crypto";
import type { LambdaFunction } from "../functions.ts";

/**
 * The environment Lambda gives a function, and nothing of the developer's shell but its PATH:
 * the defaults a function may override, the function's own variables, then those that are
 * Lambda's to set.
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

/**
 * V8's heap limits as Lambda's own runtime sets them: a tenth of the memory for the young
 * generation (two semi-spaces), the rest for the old one; a function's NODE_OPTIONS win.
 */
export function heapOptions(fn: LambdaFunction): string[] {
  if (/max[-_](old|semi)[-_]space[-_]size/.test(fn.environment.NODE_OPTIONS ?? "")) return [];
  const young = Math.floor(fn.memoryMb / 10);
  return [
    `--max-semi-space-size=${Math.floor(young / 2)}`,
    `--max-old-space-size=${fn.memoryMb - young}`,
  ];
}

function logStreamName(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomBytes(16).toString("hex")}`;
}
