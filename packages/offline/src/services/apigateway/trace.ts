import { newRoot, traceFields } from "../../util/trace-header.ts";

/**
 * The trace that a request belongs to: the one its `X-Amzn-Trace-Id` names, or a new one. HTTP
 * APIs have no X-Ray tracing of their own, so they name no parent and do not decide on sampling.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
 *
 * @returns the header's value, for the event as for Lambda.
 */
export function continueTrace(given: string | undefined, now: number): string {
  return given !== undefined && traceFields(given).root !== undefined ? given : newRoot(now);
}
