import type { AnswerOf, Operation, RequestOf } from "@petstore/core/contract/operation";
import { logger, observed } from "@petstore/core/telemetry";
import { CorrelationId } from "@petstore/core/trace-context";
import type {
  Context,
  APIGatewayProxyEventV2 as Event,
  APIGatewayProxyStructuredResultV2 as Result,
} from "aws-lambda";
import { callerOf } from "../caller.ts";
import { parseRequest } from "./request.ts";
import { toProblem } from "./responses.ts";
import { answerWarmPing, isWarmPing, type WarmPing } from "./warm-ping.ts";

type Headers = NonNullable<Result["headers"]>;

const CORRELATION_ID = "x-correlation-id";

/**
 * Makes a Lambda handler of an operation: finds out who asks, if the operation has a scope, parses the
 * request by its schemas, answers what `handle` returns, and turns whatever is thrown into a problem (RFC 9457).
 */
export function serve<O extends Operation>(
  operation: O,
  handle: (request: RequestOf<O>) => Promise<AnswerOf<O>>,
) {
  const { route } = operation;

  return async (event: Event | WarmPing, context: Context): Promise<Result | undefined> => {
    if (isWarmPing(event)) return answerWarmPing();
    const correlationId = correlationIdOf(event);
    const invocation = { context, operation: route, line: "request", correlationId };
    return observed(invocation, async (summary) => {
      if (![undefined, correlationId].includes(event.headers[CORRELATION_ID])) {
        logger.warn(`malformed ${CORRELATION_ID}: replaced`);
      }
      const result = await respond(operation, handle, event);
      summary.status = result.statusCode;
      return {
        ...result,
        headers: {
          ...result.headers,
          vary: varyByOrigin(result.headers?.vary),
          [CORRELATION_ID]: correlationId,
        },
      };
    });
  };
}

/** The client's own, if it is fit for logs and headers, or the request's id. */
const correlationIdOf = ({ headers, requestContext }: Event): string =>
  CorrelationId.safeParse(headers[CORRELATION_ID]).data ?? requestContext.requestId;

/**
 * API Gateway adds `Access-Control-Allow-Origin` to responses for the origin of a request, and no
 * `Vary`: without one, a shared cache could serve the response for one origin to another.
 * https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
 */
const varyByOrigin = (vary: Headers[string] | undefined): string =>
  vary === undefined ? "origin" : `${vary}, origin`;

async function respond<O extends Operation>(
  operation: O,
  handle: (request: RequestOf<O>) => Promise<AnswerOf<O>>,
  event: Event,
): Promise<Result> {
  try {
    const caller = operation.scope && callerOf(event);
    const request = { ...parseRequest(operation, event), caller } as RequestOf<O>;
    return toResult(await handle(request));
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status >= 500) logger.error(problem.message, error as Error);
    return {
      statusCode: problem.status,
      headers: { "content-type": "application/problem+json", ...problem.headers },
      body: JSON.stringify(
        problem.toBody(encodeURI(event.rawPath), event.requestContext.requestId),
      ),
    };
  }
}

function toResult(answer: { status: number; headers?: object; body?: unknown }): Result {
  const headers = answer.headers as Record<string, string> | undefined;
  if (answer.body === undefined) return { statusCode: answer.status, ...(headers && { headers }) };
  if (answer.body instanceof Uint8Array) {
    const body = Buffer.from(answer.body).toString("base64");
    return { statusCode: answer.status, headers: headers ?? {}, body, isBase64Encoded: true };
  }
  return {
    statusCode: answer.status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(answer.body),
  };
}
