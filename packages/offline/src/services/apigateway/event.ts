import type { Caller } from "./authorizer.ts";
import type { Target } from "./request.ts";
import { domainPrefix, type RequestRecord } from "./request-record.ts";
import type { RouteMatch } from "./routes.ts";

/** The parts of an event. */
export interface EventParts {
  accountId: string;
  apiId: string;
  record: RequestRecord;
  match: RouteMatch;
  /** Absent on a public route. */
  caller?: Caller;
  target: Target;
  /** Merged request headers, as `mergeHeaders` returns them. */
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
  /** The port of the gateway. */
  port: number;
  /** The value of the header `x-amzn-trace-id` in the event. */
  traceHeader: string;
}

const TEXT_TYPES = new Set(["application/json", "application/javascript", "application/xml"]);

/**
 * Builds the event of a proxy integration in payload format 2.0. Fields without a value are absent.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function buildEvent(parts: EventParts): object {
  const { record, match, caller, target, cookies, body } = parts;
  const headers = forwardedHeaders(parts);
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
      accountId: parts.accountId,
      apiId: parts.apiId,
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

function forwardedHeaders(parts: EventParts): Record<string, string> {
  const { headers, record } = parts;
  const forwardedFor = headers["x-forwarded-for"];
  headers["content-length"] = String(parts.body.length);
  headers["x-amzn-trace-id"] = parts.traceHeader;
  headers["x-forwarded-for"] = forwardedFor
    ? `${forwardedFor}, ${record.sourceIp}`
    : record.sourceIp;
  headers["x-forwarded-port"] = String(parts.port);
  headers["x-forwarded-proto"] = "http";
  return headers;
}

/**
 * Returns whether a body is passed on as text. AWS documents the list for its load balancers, and HTTP
 * APIs were observed to follow it: forms and bodies without a type are passed on in base64.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
function isText(headers: Record<string, string>): boolean {
  if (headers["content-encoding"] !== undefined) return false;
  const [type = ""] = (headers["content-type"] ?? "").split(";", 1);
  const mediaType = type.trim().toLowerCase();
  return mediaType.startsWith("text/") || TEXT_TYPES.has(mediaType);
}
