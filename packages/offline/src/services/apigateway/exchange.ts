import type { IncomingMessage } from "node:http";
import type { Invoke } from "../../runtime/invocation.ts";
import { traceIdOf } from "../../util/trace-header.ts";
import { AccessDenied, authorizeFor } from "./authorizer.ts";
import { readLimitedBody } from "../../util/body.ts";
import { corsPolicy } from "./cors.ts";
import { GatewayError } from "./errors.ts";
import { buildEvent } from "./event.ts";
import { mergeHeaders, type RequestHeaders } from "./headers.ts";
import { integrate } from "./integration.ts";
import { beginRecord, type RequestRecord } from "./request-record.ts";
import type { HttpApi } from "./resources.ts";
import type { GatewayResponse } from "./response.ts";
import { indexRoutes } from "./routes.ts";
import { parseTarget } from "./target.ts";
import { tokenBucket } from "./throttle.ts";
import { continueTrace } from "./trace.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_REQUEST_LINE_AND_HEADERS = 10_240;
const MAX_BODY = 10 * 1024 * 1024;

/** What decides about the answers of one API. */
export interface ExchangeOptions {
  api: HttpApi;
  accountId: string;
  invoke: Invoke;
}

/** A request and its answer. */
export interface Exchange {
  record: RequestRecord;
  response: GatewayResponse;
}

/**
 * Answers a request; undefined when the client went away before it was complete.
 * `invite` is called when the body is wanted.
 */
export type Answer = (
  request: IncomingMessage,
  invite?: () => void,
) => Promise<Exchange | undefined>;

/**
 * Takes requests the way an HTTP API does: limits, preflight, route, throttling, authorizer,
 * integration, CORS.
 *
 * @throws UserError for a route or an authorizer that cannot be served.
 */
export function answerFor({ api, accountId, invoke }: ExchangeOptions): Answer {
  const findRoute = indexRoutes(api.routes);
  const cors = api.cors && corsPolicy(api.cors);
  const authorize = authorizeFor(api);
  const takeToken = api.throttle && tokenBucket(api.throttle);

  return async (request, invite) => {
    const arrivedAt = performance.now();
    const merged = mergeHeaders(request.rawHeaders);
    const { origin } = merged.headers;
    const record = beginRecord(request, merged.headers);
    let response: GatewayResponse | undefined;
    try {
      response = await respond(request, merged, record, invite);
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
    invite?: () => void,
  ): Promise<GatewayResponse | undefined> {
    const { url = "" } = request;
    const requestLine = record.method.length + url.length + record.protocol.length + 2;
    if (requestLine + size > MAX_REQUEST_LINE_AND_HEADERS) throw new GatewayError(431);

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
    if (takeToken?.(performance.now()) === false) throw new GatewayError(429);

    const caller = await authorize(match.route, headers, target.query);
    if (caller) record.claims = caller.jwt.claims;

    const read = await readLimitedBody(request, MAX_BODY, invite);
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
    return withCors(await integrate(invoke, functionArn, event, record, traceHeader), origin);
  }

  function withCors(response: GatewayResponse, origin: string | undefined): GatewayResponse {
    return cors ? { ...response, headers: cors.apply(response.headers, origin) } : response;
  }
}
