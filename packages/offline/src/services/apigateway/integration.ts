import { randomUUID } from "node:crypto";
import type { Invoke, InvokeResult } from "../../runtime/invocation.ts";
import { GatewayError } from "./errors.ts";
import type { RequestRecord } from "./request-record.ts";
import { type GatewayResponse, inferResponse, MalformedResponse } from "./response.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const TIMEOUT_MS = 30_000;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PAYLOAD = 6 * 1024 * 1024;

/**
 * Invokes the function of a route and makes its answer a response. Notes in `record` how the
 * integration went.
 *
 * @throws GatewayError 413 for an event beyond Lambda's limit, 500 for a failed function or an
 * answer that is no response, 503 for a throttled function or one that takes over 30 seconds.
 */
export async function integrate(
  invoke: Invoke,
  functionArn: string,
  event: object,
  record: RequestRecord,
  traceHeader: string,
): Promise<GatewayResponse> {
  const payload = JSON.stringify(event);
  if (Buffer.byteLength(payload) > MAX_PAYLOAD) throw new GatewayError(413);
  const startedAt = performance.now();
  const requestId = randomUUID();
  record.functionArn = functionArn;
  record.integrationRequestId = requestId;
  const result = await beforeTimeout(invoke(functionArn, payload, { requestId, traceHeader }));
  record.integrationLatency = Math.round(performance.now() - startedAt);
  if (result === "timeout") {
    throw new GatewayError(503, `The function took over ${TIMEOUT_MS / 1000} seconds`);
  }
  return toResponse(result, record);
}

/** Stops waiting when time is up. The function runs on, as it does on AWS. */
function beforeTimeout(invocation: Promise<InvokeResult>): Promise<InvokeResult | "timeout"> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, TIMEOUT_MS, "timeout");
    // A request nobody waits for any more must not keep a closing process alive.
    timer.unref();
    invocation.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function toResponse(result: InvokeResult, record: RequestRecord): GatewayResponse {
  if (result.kind === "throttled") {
    record.integrationStatus = 429;
    throw new GatewayError(503, "The function has no concurrency left");
  }
  record.integrationStatus = 200;
  if (result.kind === "error") {
    throw new GatewayError(500, `${result.errorType}: ${result.errorMessage}`);
  }
  try {
    const response = inferResponse(result.payload);
    record.functionStatus = response.status;
    return response;
  } catch (error) {
    if (error instanceof MalformedResponse) throw new GatewayError(500, error.message);
    throw error;
  }
}
