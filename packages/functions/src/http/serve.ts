import type { Operation, RequestOf, ResponseOf } from "@petstore/core/contract/operation";
import { logger, withTelemetry } from "@petstore/core/telemetry";
import { CorrelationId } from "@petstore/core/trace-context";
import type {
  Context,
  APIGatewayProxyEventV2 as Event,
  APIGatewayProxyStructuredResultV2 as Result,
} from "aws-lambda";
import { callerOf } from "../caller.ts";
import { parseRequest } from "./request.ts";
import { toProblem, toProblemResult, toResult } from "./responses.ts";
import { isWarmPing, respondToWarmPing, type WarmPing } from "./warm-ping.ts";

const CORRELATION_ID = "x-correlation-id";

type Handle<O extends Operation> = (request: RequestOf<O>) => Promise<ResponseOf<O>>;

/**
 * Returns the Lambda handler of an operation. It identifies the caller if the operation has a scope,
 * parses the request by the operation's schemas, responds with what `handle` returns, and turns every
 * error into a problem (RFC 9457).
 */
export function serve<O extends Operation>(operation: O, handle: Handle<O>) {
  const { route } = operation;

  return async (event: Event | WarmPing, context: Context): Promise<Result | undefined> => {
    if (isWarmPing(event)) return respondToWarmPing();
    const correlationId = correlationIdOf(event);
    const invocation = { context, operation: route, line: "request", correlationId };
    return withTelemetry(invocation, async (summary) => {
      if (![undefined, correlationId].includes(event.headers[CORRELATION_ID])) {
        logger.warn(`malformed ${CORRELATION_ID}: replaced`);
      }
      const result = await handleRequest(operation, handle, event);
      summary.status = result.statusCode;
      return {
        ...result,
        headers: {
          ...result.headers,
          vary: addOrigin(result.headers?.vary),
          [CORRELATION_ID]: correlationId,
        },
      };
    });
  };
}

/** Returns the client's correlation id if it is valid, or else the request's id. */
const correlationIdOf = ({ headers, requestContext }: Event): string =>
  CorrelationId.safeParse(headers[CORRELATION_ID]).data ?? requestContext.requestId;

/**
 * API Gateway adds `Access-Control-Allow-Origin` to responses for the origin of a request, and no
 * `Vary`: without one, a shared cache could serve the response for one origin to another.
 * https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
 */
const addOrigin = (vary: NonNullable<Result["headers"]>[string] | undefined): string =>
  vary === undefined ? "origin" : `${vary}, origin`;

async function handleRequest<O extends Operation>(
  operation: O,
  handle: Handle<O>,
  event: Event,
): Promise<Result> {
  try {
    const caller = operation.scope && callerOf(event);
    const request = { ...parseRequest(operation, event), caller } as RequestOf<O>;
    return toResult(await handle(request));
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status >= 500) logger.error(problem.message, error as Error);
    return toProblemResult(problem, event.rawPath, event.requestContext.requestId);
  }
}
