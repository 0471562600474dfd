import { randomUUID } from "node:crypto";
import type { ServiceApi } from "../../runtime/endpoint/api.ts";
import { type AwsError, accessDenied } from "../../runtime/endpoint/errors.ts";
import type { HttpResponse } from "../../runtime/endpoint/forward.ts";
import { jsonResponse, notSupported } from "../../runtime/endpoint/response.ts";
import type { Invoke, InvokeResult } from "../../runtime/invocation.ts";
import { MAX_REQUEST_BYTES } from "../../runtime/invocation.ts";
import type { AsyncInvoke } from "./async-invoke.ts";
import type { LambdaFunction } from "./resources.ts";

export interface LambdaServiceOptions {
  functions: Pick<LambdaFunction, "arn">[];
  invoke: Invoke;
  invokeAsync: AsyncInvoke["accept"];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BYTES = {
  RequestResponse: MAX_REQUEST_BYTES,
  Event: 1024 * 1024,
  DryRun: MAX_REQUEST_BYTES,
};
type InvocationType = keyof typeof MAX_BYTES;

const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?Qualifier=([^&]+))?$/;

/**
 * Lambda's own API, as far as `Invoke` goes.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createLambdaApi({
  functions,
  invoke,
  invokeAsync,
}: LambdaServiceOptions): ServiceApi {
  return {
    name: "lambda",
    internalError: "ServiceException",
    operation: (_headers, path) => (PATH.test(path) ? "Invoke" : path),
    resource: (_body, path) => requestedFunction(path),
    requiredPermissions({ path, arn }) {
      const reference = requestedFunction(path);
      if (reference === undefined) return [];
      // `name`, `<account>:function:name` or all of the ARN, each perhaps with a qualifier.
      const name = reference.replace(/^.*:function:/, "").replace(/:\$LATEST$/, "");
      return [{ action: "lambda:InvokeFunction", resources: [arn(`function:${name}`)] }];
    },
    accessDenied: (denial) => accessDenied(403, denial, denial.action),
    async respond(request, body) {
      const reference = requestedFunction(request.url ?? "");
      if (request.method !== "POST" || reference === undefined)
        return notSupported("lambda", request);
      const arn = findFunction(reference, functions);
      if (arn === undefined) return notFound(reference);

      const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
      if (!isInvocationType(type)) return invalidType(String(type));
      if (body.length > MAX_BYTES[type]) return tooLarge(type, body.length);
      const payload = body.length > 0 ? body.toString() : "{}";
      const fault = jsonFault(payload);
      if (fault !== undefined) return notJson(fault);

      const requestId = randomUUID();
      const traceHeader = request.headers["x-amzn-trace-id"] as string | undefined;
      const options = { requestId, ...(traceHeader !== undefined && { traceHeader }) };
      const headers = ["x-amzn-requestid", requestId];
      if (type === "DryRun") return { status: 204, headers, body: Buffer.alloc(0) };
      if (type === "Event") {
        invokeAsync(arn, payload, options);
        return jsonResponse(202, "", headers);
      }
      return answerOf(await invoke(arn, payload, options), headers);
    },
  };
}

/** Returns the function that a request names: name or (partial) ARN, with the qualifier after a colon. */
function requestedFunction(path: string): string | undefined {
  const [, reference, qualifier] = PATH.exec(path) ?? [];
  if (reference === undefined) return undefined;
  return decode(qualifier === undefined ? reference : `${reference}:${qualifier}`);
}

/** Nothing but `$LATEST` is ever published offline. */
function findFunction(reference: string, functions: Pick<LambdaFunction, "arn">[]) {
  const unqualified = reference.replace(/:\$LATEST$/, "");
  return functions.find(({ arn }) => `:${arn}`.endsWith(`:${unqualified}`))?.arn;
}

function answerOf(result: InvokeResult, headers: string[]): HttpResponse | AwsError {
  const executed = [...headers, "x-amz-executed-version", "$LATEST"];
  if (result.kind === "response") return jsonResponse(200, result.payload, executed);
  if (result.kind === "throttled") return throttled;
  const { errorType, errorMessage } = result;
  return jsonResponse(200, JSON.stringify({ errorType, errorMessage }), [
    ...executed,
    "x-amz-function-error",
    "Unhandled",
  ]);
}

const throttled: AwsError = {
  status: 429,
  code: "TooManyRequestsException",
  message: "Rate Exceeded.",
};

const notFound = (reference: string): AwsError => ({
  status: 404,
  code: "ResourceNotFoundException",
  message: `Function not found: ${reference}`,
});

const invalidType = (type: string): AwsError => ({
  status: 400,
  code: "InvalidParameterValueException",
  message: `InvocationType ${type} is none of ${Object.keys(MAX_BYTES).join(", ")}`,
});

const tooLarge = (type: InvocationType, bytes: number): AwsError => ({
  status: 413,
  code: "RequestTooLargeException",
  message: `${bytes} byte payload is too large for the ${type} invocation type (limit ${MAX_BYTES[type]} bytes)`,
});

const notJson = (fault: string): AwsError => ({
  status: 400,
  code: "InvalidRequestContentException",
  message: `Could not parse request body into json: ${fault}`,
});

function isInvocationType(type: unknown): type is InvocationType {
  return typeof type === "string" && Object.hasOwn(MAX_BYTES, type);
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Decodes a name; one that is not percent-encoded correctly stays unchanged, so it is not found. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
