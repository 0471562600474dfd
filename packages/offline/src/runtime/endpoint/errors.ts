import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Denial } from "../authorization.ts";

export interface AwsError {
  status: number;
  code: string;
  message: string;
  /** The error code of the service's older Query protocol. */
  queryCode?: string;
}

/**
 * Creates the error for a missing permission.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 *
 * @param action as the service spells it in this message
 */
export function accessDenied(
  status: 400 | 403,
  { principal, resource, isExplicit }: Denial,
  action: string,
): AwsError {
  const reason = isExplicit
    ? "with an explicit deny in an identity-based policy"
    : `because no identity-based policy allows the ${action} action`;
  return {
    status,
    code: "AccessDeniedException",
    message: `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  };
}

/** Creates the error for a request without a signature. */
export function missingToken(request: IncomingHttpHeaders): AwsError {
  return {
    status: refusalStatus(request),
    code: "MissingAuthenticationTokenException",
    message: "Request is missing Authentication Token",
  };
}

/** Creates the error for an unknown access key. */
export function invalidToken(request: IncomingHttpHeaders): AwsError {
  return {
    status: refusalStatus(request),
    code: "UnrecognizedClientException",
    message: "The security token included in the request is invalid.",
  };
}

/** Creates the error for a request from a web page of another origin. */
export function forbidden(message: string): AwsError {
  return { status: 403, code: "AccessDeniedException", message };
}

/**
 * Creates the error for an emulator that does not respond. SDKs retry after a 500.
 *
 * @param code the service's code for an internal error
 */
export function internalError(code: string): AwsError {
  return {
    status: 500,
    code,
    message: "The request processing has failed because of an unknown error, exception or failure.",
  };
}

/** Returns the status of a refusal: the JSON protocols use 400 where the others use 403. */
function refusalStatus(request: IncomingHttpHeaders): number {
  return isJsonProtocol(request) ? 400 : 403;
}

function isJsonProtocol(request: IncomingHttpHeaders): boolean {
  return request["x-amz-target"] !== undefined;
}

/**
 * Sends an error in the protocol of the request:
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization,
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait,
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization,
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization.
 */
export function sendError(
  response: ServerResponse,
  request: IncomingHttpHeaders,
  { status, code, message, queryCode }: AwsError,
): void {
  const id = randomUUID();
  response.setHeader("x-amzn-requestid", id);
  if (queryCode) response.setHeader("x-amzn-query-error", `${queryCode};Sender`);
  if (isJsonProtocol(request)) {
    response
      .writeHead(status, {
        "content-type": request["content-type"] ?? "application/x-amz-json-1.0",
      })
      .end(JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message }));
  } else if (request["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    const error = `<Type>Sender</Type><Code>${code}</Code><Message>${xml(message)}</Message>`;
    response
      .writeHead(status, { "content-type": "text/xml" })
      .end(`<ErrorResponse><Error>${error}</Error><RequestId>${id}</RequestId></ErrorResponse>`);
  } else {
    response
      .writeHead(status, { "content-type": "application/json", "x-amzn-errortype": code })
      .end(JSON.stringify({ message }));
  }
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
