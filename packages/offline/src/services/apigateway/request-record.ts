import type { IncomingMessage } from "node:http";
import { randomText } from "../../util/random.ts";

/** The facts about a request and its response that are logged. */
export interface RequestRecord {
  requestId: string;
  /** The arrival of the request in milliseconds since the epoch. */
  timeEpoch: number;
  /** The arrival in the Common Log Format. */
  time: string;
  method: string;
  /** The decoded path, or the request target if it could not be parsed. */
  path: string;
  /** For example `HTTP/1.1`. */
  protocol: string;
  domainName: string;
  sourceIp: string;
  userAgent: string;
  /** Absent when no route matches the request. */
  routeKey?: string;
  functionArn?: string;
  /** The claims of the caller's token. Absent on a public route, or if the token is not valid. */
  claims?: Record<string, string>;
  /** Why the caller was rejected. */
  authorizerError?: string;
  /** The trace id of the invocation, `1-<seconds>-<random>`. */
  traceId?: string;
  status: number;
  /** Bytes of the response body. */
  responseLength: number;
  /** Milliseconds from the request's headers to the response. */
  responseLatency: number;
  /** The request id of the invocation, which the function's log lines contain. */
  integrationRequestId?: string;
  /** Milliseconds until the function responded. Absent when none was invoked. */
  integrationLatency?: number;
  /** The status of Lambda: 200, also when the function failed, or 429. */
  integrationStatus?: number;
  /** The status code in the function's response. */
  functionStatus?: number;
  /** The message of the response, when it is an error of the gateway. */
  errorMessage?: string;
  /** Why the function's response could not be used. */
  integrationErrorMessage?: string;
}

/** Creates the record of a request that has arrived, from its merged headers. */
export function createRecord(
  request: IncomingMessage,
  headers: Record<string, string>,
  timeEpoch: number,
): RequestRecord {
  return {
    // API Gateway's ids look like `JKJaXmPLvHcESHA=`.
    requestId: `${randomText(11, "base64url")}=`,
    timeEpoch,
    time: formatClfTime(timeEpoch),
    method: request.method ?? "",
    path: request.url ?? "",
    protocol: `HTTP/${request.httpVersion}`,
    domainName: headers.host ?? "localhost",
    sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
    userAgent: headers["user-agent"] ?? "",
    status: 0,
    responseLength: 0,
    responseLatency: 0,
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Formats a time in the Common Log Format, in UTC: `12/Mar/2020:19:03:58 +0000`. */
export function formatClfTime(timeEpoch: number): string {
  const iso = new Date(timeEpoch).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** Returns the first label of a domain name. */
export function domainPrefix(domainName: string): string {
  return domainName.split(/[.:]/, 1)[0] as string;
}
