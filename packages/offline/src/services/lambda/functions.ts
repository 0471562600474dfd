import * as z from "zod";
import type { Build, Graph, Resource } from "../../graph/graph.ts";
import type { InvokedFunction } from "../../runtime/invocation.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html */
export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";

/** A Lambda function. */
export interface LambdaFunction extends InvokedFunction {
  roleArn: string;
  memoryMb: number;
  timeoutSeconds: number;
  /** The function's environment, links (`SST_RESOURCE_…`) included. */
  environment: Record<string, string>;
  logGroup: string;
  logFormat: "JSON" | "Text";
  /** The lowest level that Lambda logs. Absent: the format is text, and Lambda logs every line. */
  logLevel?: LogLevel;
  /** Whether its invocations are traced by Lambda, or only their callers' traces carried on. */
  tracing: "Active" | "PassThrough";
  reservedConcurrency?: number;
  build: Build;
}

const State = z.object({
  name: z.string(),
  arn: z.string(),
  role: z.string(),
  memorySize: z.number().default(128),
  timeout: z.number().default(3),
  environment: z
    .object({ variables: z.record(z.string(), z.string()).default({}) })
    .default({ variables: {} }),
  loggingConfig: z
    .object({
      logGroup: z.string().optional(),
      logFormat: z.enum(["JSON", "Text"]).default("Text"),
      applicationLogLevel: z
        .enum(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
        .default("INFO"),
    })
    .prefault({}),
  tracingConfig: z
    .object({ mode: z.enum(["Active", "PassThrough"]) })
    .default({ mode: "PassThrough" }),
  reservedConcurrentExecutions: z.number().optional(),
});

/**
 * The functions that SST bundles. The defaults are Lambda's own.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export function readFunctions(graph: Graph): LambdaFunction[] {
  return graph.builds.flatMap((build) => {
    const resource = graph.resources.find((candidate) => isFunctionOf(candidate, build));
    return resource ? [lambdaFunction(State.parse(resource.state), build)] : [];
  });
}

/** Whether SST bundled the code of this `aws:lambda/function:Function`. */
export function isFunctionOf({ type, name }: Resource, build: Build): boolean {
  return type === "aws:lambda/function:Function" && name === `${build.functionID}Function`;
}

function lambdaFunction(state: z.infer<typeof State>, build: Build): LambdaFunction {
  const reserved = state.reservedConcurrentExecutions;
  const { logGroup, logFormat, applicationLogLevel } = state.loggingConfig;
  return {
    name: build.functionID,
    functionName: state.name,
    arn: state.arn,
    roleArn: state.role,
    memoryMb: state.memorySize,
    timeoutSeconds: state.timeout,
    environment: environment(state.environment.variables, build.links),
    logGroup: logGroup ?? `/aws/lambda/${state.name}`,
    logFormat,
    ...(logFormat === "JSON" && { logLevel: applicationLogLevel }),
    tracing: state.tracingConfig.mode,
    ...(reserved !== undefined && reserved >= 0 && { reservedConcurrency: reserved }),
    build,
  };
}

/**
 * On AWS the links of a function travel in its bundle, in a file that `SST_KEY` decrypts. Here
 * there is no such file; the `sst` package reads the same links from these variables.
 */
function environment(variables: Record<string, string>, links: Build["links"]) {
  const { SST_KEY: _key, SST_KEY_FILE: _file, ...rest } = variables;
  for (const [name, properties] of Object.entries(links)) {
    rest[`SST_RESOURCE_${name}`] = JSON.stringify(properties);
  }
  return rest;
}
