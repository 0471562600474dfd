import * as z from "zod";
import { type Build, type Graph, type Resource, readStates } from "../../graph/graph.ts";
import type { EventSourceMapping } from "../../runtime/event-source.ts";
import type { InvokedFunction } from "../../runtime/invocation.ts";

/** The functions of the app and their event source mappings. */
export interface LambdaResources {
  functions: LambdaFunction[];
  mappings: EventSourceMapping[];
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html */
export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";

/** A Lambda function. */
export interface LambdaFunction extends InvokedFunction {
  roleArn: string;
  memoryMb: number;
  timeoutSeconds: number;
  /** Environment variables, including links (`SST_RESOURCE_…`). */
  environment: Record<string, string>;
  logGroup: string;
  logFormat: "JSON" | "Text";
  /** The lowest logged level. Absent if the format is text, which logs every line. */
  logLevel?: LogLevel;
  /** `Active`: Lambda can start traces. `PassThrough`: it only continues traces of callers. */
  tracing: "Active" | "PassThrough";
  reservedConcurrency?: number;
  build: Build;
}

const FunctionState = z.object({
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
 * Returns the functions that SST bundles. The defaults are Lambda's.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export function readFunctions(graph: Graph): LambdaFunction[] {
  return graph.builds.flatMap((build) => {
    const resource = graph.resources.find((candidate) => isFunctionOf(candidate, build));
    return resource ? [toLambdaFunction(FunctionState.parse(resource.state), build)] : [];
  });
}

/** Returns whether a build belongs to this `aws:lambda/function:Function`. */
export function isFunctionOf({ type, name }: Resource, build: Build): boolean {
  return type === "aws:lambda/function:Function" && name === `${build.functionID}Function`;
}

function toLambdaFunction(state: z.infer<typeof FunctionState>, build: Build): LambdaFunction {
  const reserved = state.reservedConcurrentExecutions;
  const { logGroup, logFormat, applicationLogLevel } = state.loggingConfig;
  return {
    name: build.functionID,
    functionName: state.name,
    arn: state.arn,
    roleArn: state.role,
    memoryMb: state.memorySize,
    timeoutSeconds: state.timeout,
    environment: buildEnvironment(state.environment.variables, build.links),
    logGroup: logGroup ?? `/aws/lambda/${state.name}`,
    logFormat,
    ...(logFormat === "JSON" && { logLevel: applicationLogLevel }),
    tracing: state.tracingConfig.mode,
    ...(reserved !== undefined && reserved >= 0 && { reservedConcurrency: reserved }),
    build,
  };
}

/**
 * Returns the environment with the function's links. On AWS they are in an encrypted file of the bundle,
 * for which `SST_KEY` is the key. The `sst` package also reads them from these variables.
 */
function buildEnvironment(variables: Record<string, string>, links: Build["links"]) {
  const { SST_KEY: _key, SST_KEY_FILE: _file, ...rest } = variables;
  for (const [name, properties] of Object.entries(links)) {
    rest[`SST_RESOURCE_${name}`] = JSON.stringify(properties);
  }
  return rest;
}

const EventSourceMappingState = z.object({
  name: z.string(),
  eventSourceArn: z.string(),
  functionName: z.string(),
  enabled: z.boolean().default(true),
  batchSize: z.number().optional(),
  maximumBatchingWindowInSeconds: z.number().default(0),
  filterCriteria: z
    .object({ filters: z.array(z.object({ pattern: z.string() })).default([]) })
    .optional(),
  functionResponseTypes: z.array(z.string()).default([]),
  scalingConfig: z.object({ maximumConcurrency: z.number().optional() }).optional(),
  startingPosition: z.enum(["LATEST", "TRIM_HORIZON"]).optional(),
  maximumRetryAttempts: z.number().default(-1),
  maximumRecordAgeInSeconds: z.number().default(-1),
  bisectBatchOnFunctionError: z.boolean().default(false),
  destinationConfig: z
    .object({ onFailure: z.object({ destinationArn: z.string() }).optional() })
    .optional(),
});

/**
 * Returns the event source mappings. The defaults are Lambda's.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export function readEventSourceMappings(graph: Graph): EventSourceMapping[] {
  return readStates(
    graph,
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    EventSourceMappingState,
  ).map(({ state }) => {
    const maximumConcurrency = state.scalingConfig?.maximumConcurrency;
    const onFailureArn = state.destinationConfig?.onFailure?.destinationArn;
    return {
      name: state.name,
      eventSourceArn: state.eventSourceArn,
      functionArn: state.functionName,
      enabled: state.enabled,
      batchSize: state.batchSize ?? (state.eventSourceArn.includes(":sqs:") ? 10 : 100),
      batchingWindowSeconds: state.maximumBatchingWindowInSeconds,
      filters: state.filterCriteria?.filters.map(({ pattern }) => pattern) ?? [],
      partialResponses: state.functionResponseTypes.includes("ReportBatchItemFailures"),
      ...(maximumConcurrency && { maximumConcurrency }),
      ...(state.startingPosition && { startingPosition: state.startingPosition }),
      maximumRetryAttempts: state.maximumRetryAttempts,
      maximumRecordAgeSeconds: state.maximumRecordAgeInSeconds,
      bisectOnError: state.bisectBatchOnFunctionError,
      ...(onFailureArn && { onFailureArn }),
    };
  });
}
