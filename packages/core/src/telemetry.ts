import { AsyncLocalStorage } from "node:async_hooks";
import { LogFormatter, Logger, LogItem } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { Tracer } from "@aws-lambda-powertools/tracer";
import xray, { type Segment, type Subsegment } from "aws-xray-sdk-core";
import { sha256 } from "./derived-id.ts";
import type { Cause } from "./trace-context.ts";

/** What of Lambda's context telemetry needs. */
type Context = Parameters<Logger["addContext"]>[0];

/** What every log line says besides its own: of the invocation, or of the message being worked on. */
const scope = new AsyncLocalStorage<{
  correlationId?: string | undefined;
  [key: string]: unknown;
}>();

/**
 * Addresses that others' messages quote. Paths with a scope (`/@aws-sdk/`) are none. Looked for from
 * where a word begins only: from each of its letters it would take the square of its length.
 */
const ADDRESS = /(?<![^\s"'<>()/:,;=])[^\s"'<>()/:,;=]+@[^\s"'<>()/:,;]+/g;

const withoutAddresses = (text: string): string => text.replace(ADDRESS, "(an address)");

type Formatted = ReturnType<LogFormatter["formatError"]>;

/** The same keys in every function. */
class Formatter extends LogFormatter {
  formatAttributes(...[base, own]: Parameters<LogFormatter["formatAttributes"]>) {
    const attributes = {
      level: base.logLevel,
      message: base.message,
      timestamp: this.formatTimestamp(base.timestamp),
      service: base.serviceName,
      stage: process.env.STAGE,
      functionName: base.lambdaContext?.functionName,
      functionRequestId: base.lambdaContext?.awsRequestId,
      traceId: base.xRayTraceId,
      ...scope.getStore(),
    };
    return new LogItem({ attributes }).addAttributes(own);
  }

  /** An error and its causes, without what else hangs on them: AWS's can bring whole items along. */
  override formatError({ name, message, stack, cause }: Error): Formatted {
    return {
      name,
      message: withoutAddresses(message),
      location: this.getCodeLocation(stack),
      stack: stack && withoutAddresses(stack),
      ...(cause instanceof Error && { cause: this.formatError(cause) }),
    };
  }
}

/** Structured JSON log lines, never of anything personal. Environment variables name service and level. */
export const logger = new Logger({ logFormatter: new Formatter() });

/** What every segment is written with, whoever put an error into it: the SDK's own, but for addresses. */
const sdkReplacer = xray.SegmentUtils.getJsonStringifyReplacer();
Object.assign(xray.SegmentUtils, {
  getJsonStringifyReplacer: () => (key: string, value: unknown) =>
    typeof value === "string" ? withoutAddresses(value) : sdkReplacer(key, value),
});

/** Functions speak to AWS only, through clients that are `traced`: patching all of HTTP adds nothing. */
const tracer = new Tracer({ captureHTTPsRequests: false });

const metrics = new Metrics({ defaultDimensions: { stage: process.env.STAGE ?? "none" } });

/** Has the calls of an AWS client appear in the trace. */
export const traced: Tracer["captureAWSv3Client"] = (client) => tracer.captureAWSv3Client(client);

/** Counts something that happened to the business, for graphs and alarms. */
export const count = (name: string, times = 1): void => {
  if (times > 0) metrics.addMetric(name, MetricUnit.Count, times);
};

/** Says what the work at hand is about: in the trace, where it can be looked for. */
export function annotate(about: { petId?: string; importId?: string; ownerId?: string }): void {
  const segment = tracer.getSegment();
  for (const [key, value] of Object.entries(about)) {
    // Who owns what is nobody's to read in a trace; that two are the same one's is.
    segment?.addAnnotation(key, key === "ownerId" ? sha256(value).toString("hex", 0, 8) : value);
  }
}

let cold = process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== "provisioned-concurrency";

/** Nobody waits for this process's start any more: what comes next meets it warm. */
export function warmed(): boolean {
  const was = cold;
  cold = false;
  return was;
}

interface Invocation {
  context: Context;
  /** What the function does, as traces and lines name it. */
  operation: string;
  /** The message of its summary. */
  line: string;
  /** Where there is one of it all. */
  correlationId?: string;
}

/**
 * Runs one invocation. A subsegment holds what it does, all its log lines have the same keys, and the
 * last of them sums it up: with its latency in milliseconds, and what `work` has put into `summary`.
 * Nothing but this module names Powertools and X-Ray, so that another vendor is one file away.
 */
export function observed<T>(
  { context, operation, line, correlationId }: Invocation,
  work: (summary: Record<string, unknown>) => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const summary: Record<string, unknown> = {};
  const coldStart = warmed();
  logger.addContext(context);
  if (coldStart) count("ColdStarts");

  return scope.run({ operation, correlationId, coldStart }, async () => {
    logger.refreshSampleRateCalculation();
    const segment = tracer.getSegment();
    const subsegment = segment?.addNewSubsegment(`## ${operation}`);
    if (subsegment) tracer.setSegment(subsegment);
    tracer.putAnnotation("ColdStart", coldStart);
    if (correlationId) tracer.putAnnotation("correlationId", correlationId);
    tracer.addServiceNameAnnotation();
    try {
      return await work(summary);
    } catch (error) {
      tracer.addErrorAsMetadata(error as Error);
      logger.error("failed", error as Error);
      throw error;
    } finally {
      subsegment?.close();
      if (segment) tracer.setSegment(segment);
      logger.info(line, { ...summary, latencyMs: Math.round(performance.now() - began) });
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  });
}

/** What whatever is written or sent now is to carry along. */
export function cause(): Cause | undefined {
  const correlationId = scope.getStore()?.correlationId;
  return correlationId ? { correlationId, trace: headerOf(tracer.getSegment()) } : undefined;
}

/** What an invocation does for one of those that it works for at once. */
export interface Share {
  /** Of what is written or sent in the course of it. */
  cause: Cause;
  segment: Segment | Subsegment | undefined;
  end(error?: unknown): void;
}

/** Begins a share of the work in the trace that it belongs to, which need not be the invocation's. */
export function begin(name: string, { correlationId, trace }: Cause): Share {
  const segment = segmentIn(trace, name);
  segment?.addAnnotation("correlationId", correlationId);
  return {
    cause: { correlationId, trace: headerOf(segment) ?? trace },
    segment,
    end: (error) => segment?.close(error as Error | undefined),
  };
}

/** A subsegment of the invocation; for another trace, if that is sampled, a segment in it. */
function segmentIn(trace: string | undefined, name: string): Share["segment"] {
  const { Root, Parent, Sampled } = fieldsOf(trace);
  if (!Root || Root === tracer.getRootXrayTraceId()) {
    return tracer.getSegment()?.addNewSubsegment(name);
  }
  return Sampled === "1" && tracer.isTracingEnabled()
    ? new xray.Segment(name, Root, Parent)
    : undefined;
}

const fieldsOf = (trace = ""): Record<string, string> =>
  Object.fromEntries(trace.split(";").map((field) => field.split("=")));

function headerOf(segment: Share["segment"]): string | undefined {
  if (!segment || !tracer.isTracingEnabled()) return undefined;
  const { trace_id, notTraced } = ("segment" in segment && segment.segment) || (segment as Segment);
  return `Root=${trace_id};Parent=${segment.id};Sampled=${notTraced ? 0 : 1}`;
}

/** Does a share of the work: lines and AWS calls are of the cause that it has, whatever else goes on. */
export async function share<T>(name: string, given: Cause, work: () => Promise<T>): Promise<T> {
  const { segment, cause, end } = begin(name, given);
  const { correlationId } = cause;
  const keys = { ...scope.getStore(), correlationId, traceId: fieldsOf(cause.trace).Root };
  try {
    const result = await scope.run(keys, () =>
      tracer.provider.getNamespace().runAndReturn(() => {
        if (segment) tracer.setSegment(segment);
        return work();
      }),
    );
    end();
    return result;
  } catch (error) {
    end(error);
    throw error;
  }
}
