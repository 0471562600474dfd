import { Logger } from "@aws-lambda-powertools/logger";
import { Tracer } from "@aws-lambda-powertools/tracer";

/** What of Lambda's context telemetry needs. */
type Context = Parameters<Logger["addContext"]>[0];

/** Structured JSON log lines. The service's name comes from `POWERTOOLS_SERVICE_NAME`. */
export const logger = new Logger();

/** Functions speak to AWS only, through clients that are `traced`: patching all of HTTP adds nothing. */
const tracer = new Tracer({ captureHTTPsRequests: false });

/** Has the calls of an AWS client appear in the trace. */
export const traced: Tracer["captureAWSv3Client"] = (client) => tracer.captureAWSv3Client(client);

/**
 * Runs one invocation: log lines carry its request id, and a subsegment named after the work holds
 * what it does. Nothing but this module names Powertools, so that another vendor is one file away.
 */
export async function observed<T>(
  name: string,
  context: Context,
  work: () => Promise<T>,
): Promise<T> {
  logger.addContext(context);
  const segment = tracer.getSegment();
  const subsegment = segment?.addNewSubsegment(`## ${name}`);
  if (subsegment) tracer.setSegment(subsegment);
  tracer.annotateColdStart();
  tracer.addServiceNameAnnotation();
  try {
    return await work();
  } catch (error) {
    tracer.addErrorAsMetadata(error as Error);
    throw error;
  } finally {
    subsegment?.close();
    if (segment) tracer.setSegment(segment);
    logger.resetKeys();
  }
}
