import { randomUUID } from "node:crypto";
import type { Invoke, InvokeResult } from "../../runtime/invocation.ts";
import { MAX_REQUEST_BYTES } from "../../runtime/invocation.ts";
import { INTEGRATION_TIMEOUT_MS } from "./limits.ts";
import type { RequestRecord } from "./request-record.ts";
import {
  GatewayError,
  type GatewayResponse,
  inferResponse,
  MalformedResponse,
} from "./response.ts";

/**
 * Invokes the function of a route and converts its result to a response. Adds status and latency of the
 * integration to `record`.
 *
 * @throws {GatewayError} 413 for an event beyond Lambda's limit, 500 for a failed function or a
 *   malformed response, 503 for a throttled function or one that takes over 30 seconds
 */
export async function invokeIntegration(
  invoke: Invoke,
  functionArn: string,
  event: object,
  record: RequestRecord,
  traceHeader: string,
): Promise<GatewayResponse> {
  const payload = JSON.stringify(event);
  if (Buffer.byteLength(payload) > MAX_REQUEST_BYTES) throw new GatewayError(413);
  const startedAt = performance.now();
  const requestId = randomUUID();
  record.functionArn = functionArn;
  record.integrationRequestId = requestId;
  const result = await withTimeout(invoke(functionArn, payload, { requestId, traceHeader }));
  record.integrationLatency = Math.round(performance.now() - startedAt);
  if (result === "timeout") {
    throw new GatewayError(
      503,
      `The function took more than ${INTEGRATION_TIMEOUT_MS / 1000} seconds`,
    );
  }
  return toResponse(result, record);
}

/** Stops waiting after the integration timeout. The function continues, as on AWS. */
function withTimeout(invocation: Promise<InvokeResult>): Promise<InvokeResult | "timeout"> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, INTEGRATION_TIMEOUT_MS, "timeout");
    // A pending request must not delay the end of the process.
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
