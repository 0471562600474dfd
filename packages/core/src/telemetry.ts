import { AsyncLocalStorage } from "node:async_hooks";
import { LogFormatter, Logger, LogItem } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { Tracer } from "@aws-lambda-powertools/tracer";
import xray, { type Segment, type Subsegment } from "aws-xray-sdk-core";
import { sha256 } from "./derived-id.ts";
import { redactAddresses } from "./redact.ts";
import type { TraceContext } from "./trace-context.ts";

/** The part of Lambda's context that the logger reads. */
type Context = Parameters<Logger["addContext"]>[0];

/** Keys that every log line has in addition to its own: of the invocation, or of the current span. */
const scope = new AsyncLocalStorage<{
  correlationId?: string | undefined;
  [key: string]: unknown;
}>();

type Formatted = ReturnType<LogFormatter["formatError"]>;

/** Gives log lines the same keys in every function. */
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

  /** Formats an error and its causes without other properties: AWS's errors can contain whole items. */
  override formatError({ name, message, stack, cause }: Error): Formatted {
    return {
      name,
      message: redactAddresses(message),
      location: this.getCodeLocation(stack),
      stack: stack && redactAddresses(stack),
      ...(cause instanceof Error && { cause: this.formatError(cause) }),
    };
  }
}

/** Logs JSON lines without personal data. Environment variables set the service name and the level. */
export const logger = new Logger({ logFormatter: new Formatter() });

/** Every segment is written with the SDK's replacer, and without e-mail addresses in error messages. */
const sdkReplacer = xray.SegmentUtils.getJsonStringifyReplacer();
Object.assign(xray.SegmentUtils, {
  getJsonStringifyReplacer: () => (key: string, value: unknown) =>
    typeof value === "string" ? redactAddresses(value) : sdkReplacer(key, value),
});

/** Functions call only AWS, with clients from `traceClient`, so patching the HTTP modules adds nothing. */
const tracer = new Tracer({ captureHTTPsRequests: false });

const metrics = new Metrics({ defaultDimensions: { stage: process.env.STAGE ?? "none" } });

/** Makes the calls of an AWS client appear in the trace. */
export const traceClient: Tracer["captureAWSv3Client"] = (client) =>
  tracer.captureAWSv3Client(client);

/** Adds to a business metric, for graphs and alarms. */
export const countMetric = (name: string, times = 1): void => {
  if (times > 0) metrics.addMetric(name, MetricUnit.Count, times);
};

/** Adds ids to the trace, which can be searched by them. */
export function annotateTrace(ids: { petId?: string; importId?: string; ownerId?: string }): void {
  const segment = tracer.getSegment();
  for (const [key, value] of Object.entries(ids)) {
    // A hash shows that two traces belong to the same owner, without disclosing the owner.
    segment?.addAnnotation(key, key === "ownerId" ? sha256(value).toString("hex", 0, 8) : value);
  }
}

let isCold = process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== "provisioned-concurrency";

/**
 * Marks this process as warm.
 *
 * @returns whether it was cold: whether this is its first invocation
 */
export function markWarm(): boolean {
  const wasCold = isCold;
  isCold = false;
  return wasCold;
}

interface Invocation {
  context: Context;
  /** The operation's name in traces and log lines. */
  operation: string;
  /** The message of the summary line. */
  line: string;
  /** Absent where an invocation handles several messages, each with its own. */
  correlationId?: string;
}

/**
 * Runs one invocation in a subsegment. All its log lines have the same keys, and the last one is a
 * summary with its latency in milliseconds and what `work` has put into `summary`.
 *
 * Only this module imports Powertools and the X-Ray SDK, so that changing the vendor changes one file.
 */
export function withTelemetry<T>(
  { context, operation, line, correlationId }: Invocation,
  work: (summary: Record<string, unknown>) => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const summary: Record<string, unknown> = {};
  const coldStart = markWarm();
  logger.addContext(context);
  if (coldStart) countMetric("ColdStarts");

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
      logger.info(line, { ...summary, latencyMs: Math.round(performance.now() - start) });
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  });
}

/** Returns the trace context for what is written or sent now. */
export function currentTraceContext(): TraceContext | undefined {
  const correlationId = scope.getStore()?.correlationId;
  return correlationId ? { correlationId, trace: headerOf(tracer.getSegment()) } : undefined;
}

/** The work of an invocation for one of several messages or stream records. */
export interface Span {
  /** For what is written or sent in this span. */
  traceContext: TraceContext;
  segment: Segment | Subsegment | undefined;
  end(error?: unknown): void;
}

/** Starts a span in the trace of its trace context, which need not be the invocation's trace. */
export function startSpan(name: string, { correlationId, trace }: TraceContext): Span {
  const segment = addSegment(trace, name);
  segment?.addAnnotation("correlationId", correlationId);
  return {
    traceContext: { correlationId, trace: headerOf(segment) ?? trace },
    segment,
    end: (error) => segment?.close(error as Error | undefined),
  };
}

/** Adds a subsegment to the invocation, or a segment to another trace if that trace is sampled. */
function addSegment(trace: string | undefined, name: string): Span["segment"] {
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

function headerOf(segment: Span["segment"]): string | undefined {
  if (!segment || !tracer.isTracingEnabled()) return undefined;
  const { trace_id, notTraced } = ("segment" in segment && segment.segment) || (segment as Segment);
  return `Root=${trace_id};Parent=${segment.id};Sampled=${notTraced ? 0 : 1}`;
}

/** Runs work in a span: its log lines and AWS calls belong to the span, also while others run. */
export async function runInSpan<T>(
  name: string,
  parent: TraceContext,
  work: () => Promise<T>,
): Promise<T> {
  const { segment, traceContext, end } = startSpan(name, parent);
  const { correlationId } = traceContext;
  const keys = { ...scope.getStore(), correlationId, traceId: fieldsOf(traceContext.trace).Root };
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
