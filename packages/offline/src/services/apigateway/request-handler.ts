import type { IncomingMessage } from "node:http";
import type { Invoke } from "../../runtime/invocation.ts";
import { readLimitedBody } from "../../util/body.ts";
import type { Clock } from "../../util/clock.ts";
import { traceIdOf } from "../../util/trace-header.ts";
import { AccessDenied, createAuthorizer } from "./authorizer.ts";
import { createCorsPolicy } from "./cors.ts";
import { buildEvent } from "./event.ts";
import { invokeIntegration } from "./integration.ts";
import { createTokenBucket, MAX_BODY_BYTES, MAX_REQUEST_LINE_AND_HEADERS_BYTES } from "./limits.ts";
import { continueTrace, mergeHeaders, parseTarget, type RequestHeaders } from "./request.ts";
import { createRecord, type RequestRecord } from "./request-record.ts";
import type { HttpApi } from "./resources.ts";
import type { GatewayResponse } from "./response.ts";
import { GatewayError } from "./response.ts";
import { createRouter } from "./routes.ts";

export interface RequestHandlerOptions {
  api: HttpApi;
  accountId: string;
  invoke: Invoke;
  clock: Clock;
}

/** A request with its response. */
export interface Exchange {
  record: RequestRecord;
  response: GatewayResponse;
}

/**
 * Handles a request.
 *
 * @param sendContinue called when the body is needed
 * @returns undefined when the client disconnected before the request was complete
 */
export type HandleRequest = (
  request: IncomingMessage,
  sendContinue?: () => void,
) => Promise<Exchange | undefined>;

/**
 * Creates the request handler of an HTTP API. Its steps are those of API Gateway: limits, preflight,
 * route, throttling, authorizer, integration, CORS.
 *
 * @throws {UserError} A route or an authorizer is not supported.
 */
export function createRequestHandler({
  api,
  accountId,
  invoke,
  clock,
}: RequestHandlerOptions): HandleRequest {
  const findRoute = createRouter(api.routes);
  const cors = api.cors && createCorsPolicy(api.cors);
  const authorize = createAuthorizer(api, clock);
  const takeToken = api.throttle && createTokenBucket(api.throttle, clock);

  return async (request, sendContinue) => {
    const arrivedAt = performance.now();
    const merged = mergeHeaders(request.rawHeaders);
    const { origin } = merged.headers;
    const record = createRecord(request, merged.headers, clock.now());
    let response: GatewayResponse | undefined;
    try {
      response = await respond(request, merged, record, sendContinue);
    } catch (thrown) {
      const error = thrown instanceof GatewayError ? thrown : new GatewayError(500, String(thrown));
      record.errorMessage = error.message;
      if (error instanceof AccessDenied) record.authorizerError = error.authorizerError;
      if (error.reason) record.integrationErrorMessage = error.reason;
      response = withCors(error.toResponse(), origin);
    }
    if (!response) return undefined;
    record.status = response.status;
    record.responseLatency = Math.round(performance.now() - arrivedAt);
    return { record, response };
  };

  async function respond(
    request: IncomingMessage,
    { headers, cookies, size }: RequestHeaders,
    record: RequestRecord,
    sendContinue?: () => void,
  ): Promise<GatewayResponse | undefined> {
    const { url = "" } = request;
    const requestLine = record.method.length + url.length + record.protocol.length + 2;
    if (requestLine + size > MAX_REQUEST_LINE_AND_HEADERS_BYTES) throw new GatewayError(431);

    const target = parseTarget(url);
    if (!target) throw new GatewayError(400);
    record.path = target.path;

    const { origin } = headers;
    if (cors?.isPreflight(record.method, headers)) {
      return { status: 204, headers: cors.preflightHeaders(origin), body: "" };
    }

    const match = findRoute(record.method, target.segments);
    if (!match) throw new GatewayError(404);
    record.routeKey = match.route.key;
    if (takeToken?.() === false) throw new GatewayError(429);

    const caller = await authorize(match.route, headers, target.query);
    if (caller) record.claims = caller.jwt.claims;

    const read = await readLimitedBody(request, MAX_BODY_BYTES, sendContinue);
    if (read.kind === "aborted") return undefined;
    if (read.kind === "too large") throw new GatewayError(413);

    const traceHeader = continueTrace(headers["x-amzn-trace-id"], record.timeEpoch);
    const traceId = traceIdOf(traceHeader);
    if (traceId !== undefined) record.traceId = traceId;
    const event = buildEvent({
      accountId,
      apiId: api.apiId,
      record,
      match,
      ...(caller && { caller }),
      target,
      headers,
      cookies,
      body: read.body,
      port: request.socket.localPort ?? 0,
      traceHeader,
    });
    const { functionArn } = match.route;
    return withCors(
      await invokeIntegration(invoke, functionArn, event, record, traceHeader),
      origin,
    );
  }

  function withCors(response: GatewayResponse, origin: string | undefined): GatewayResponse {
    return cors ? { ...response, headers: cors.apply(response.headers, origin) } : response;
  }
}
