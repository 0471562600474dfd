import type { IncomingMessage } from "node:http";
import { randomText } from "../../util/random.ts";

/** What is known of one request when it has been answered: the source of every log line. */
export interface RequestRecord {
  requestId: string;
  /** When the request came, in milliseconds since the epoch. */
  timeEpoch: number;
  /** The same in the Common Log Format. */
  time: string;
  method: string;
  /** The decoded path, or the whole target if it could not be parsed. */
  path: string;
  /** For example `HTTP/1.1`. */
  protocol: string;
  domainName: string;
  sourceIp: string;
  userAgent: string;
  /** Absent when no route took the request. */
  routeKey?: string;
  functionArn?: string;
  /** Of the caller's token. Absent where the route does not ask for one, or it was no good. */
  claims?: Record<string, string>;
  /** Why the caller was not let in. */
  authorizerError?: string;
  /** `1-<seconds>-<random>`: the trace that its invocation belongs to. */
  traceId?: string;
  status: number;
  /** Bytes of the response body. */
  responseLength: number;
  /** Milliseconds from the request's headers to the response. */
  responseLatency: number;
  /** The invocation's own request id, which the function's log lines carry. */
  integrationRequestId?: string;
  /** Milliseconds the function took to answer. Absent when none was invoked. */
  integrationLatency?: number;
  /** The status of Lambda itself: 200, also when the function failed, or 429. */
  integrationStatus?: number;
  /** The status code in the function's response. */
  functionStatus?: number;
  /** The message the gateway answered with, when the response is its own. */
  errorMessage?: string;
  /** Why the function's answer could not be used. */
  integrationErrorMessage?: string;
}

/** Begins the record of a request that has just come, with its merged headers. */
export function beginRecord(
  request: IncomingMessage,
  headers: Record<string, string>,
): RequestRecord {
  const timeEpoch = Date.now();
  return {
    // The form of API Gateway's own ids, such as `JKJaXmPLvHcESHA=`.
    requestId: `${randomText(11, "base64url")}=`,
    timeEpoch,
    time: clfTime(timeEpoch),
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

/** The Common Log Format's time, in UTC: `12/Mar/2020:19:03:58 +0000`. */
export function clfTime(timeEpoch: number): string {
  const iso = new Date(timeEpoch).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** The first label of a domain name. */
export function domainPrefix(domainName: string): string {
  return domainName.split(/[.:]/, 1)[0] as string;
}
