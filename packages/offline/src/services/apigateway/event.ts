import type { Caller } from "./authorizer.ts";
import { domainPrefix, type RequestRecord } from "./request-record.ts";
import type { RouteMatch } from "./routes.ts";
import type { Target } from "./target.ts";

/** Everything an event is made of. */
export interface EventSource {
  accountId: string;
  apiId: string;
  record: RequestRecord;
  match: RouteMatch;
  /** Absent where the route does not ask who calls. */
  caller?: Caller;
  target: Target;
  /** Merged request headers, as `mergeHeaders` makes them. */
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
  /** The port that clients reach the gateway at. */
  port: number;
  /** The value of the function's `x-amzn-trace-id` header. */
  traceHeader: string;
}

const TEXT_TYPES = new Set(["application/json", "application/javascript", "application/xml"]);

/**
 * The event of a proxy integration in payload format 2.0. Fields without a value are left out.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function buildEvent(source: EventSource): object {
  const { record, match, caller, target, cookies, body } = source;
  const headers = forwardedHeaders(source);
  const text = isText(headers);
  return {
    version: "2.0",
    routeKey: match.route.key,
    rawPath: target.path,
    rawQueryString: target.rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(target.query && { queryStringParameters: target.query }),
    requestContext: {
      accountId: source.accountId,
      apiId: source.apiId,
      ...(caller && { authorizer: caller }),
      domainName: record.domainName,
      domainPrefix: domainPrefix(record.domainName),
      http: {
        method: record.method,
        path: target.path,
        protocol: record.protocol,
        sourceIp: record.sourceIp,
        userAgent: record.userAgent,
      },
      requestId: record.requestId,
      routeKey: match.route.key,
      stage: "$default",
      time: record.time,
      timeEpoch: record.timeEpoch,
    },
    ...(match.pathParameters && { pathParameters: match.pathParameters }),
    ...(body.length > 0 && { body: body.toString(text ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

function forwardedHeaders(source: EventSource): Record<string, string> {
  const { headers, record } = source;
  const forwardedFor = headers["x-forwarded-for"];
  headers["content-length"] = String(source.body.length);
  headers["x-amzn-trace-id"] = source.traceHeader;
  headers["x-forwarded-for"] = forwardedFor
    ? `${forwardedFor}, ${record.sourceIp}`
    : record.sourceIp;
  headers["x-forwarded-port"] = String(source.port);
  headers["x-forwarded-proto"] = "http";
  return headers;
}

/**
 * Whether a body is handed on as text. AWS documents the list for its load balancers; HTTP APIs
 * were seen to follow it, so that forms and bodies without a type come in base64.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
function isText(headers: Record<string, string>): boolean {
  if (headers["content-encoding"] !== undefined) return false;
  const [type = ""] = (headers["content-type"] ?? "").split(";", 1);
  const mediaType = type.trim().toLowerCase();
  return mediaType.startsWith("text/") || TEXT_TYPES.has(mediaType);
}
