import { domainPrefix, type RequestRecord } from "./request-record.ts";

type Value = string | number | undefined;
type Variables = Map<string, (record: RequestRecord) => Value>;

/** The values of an access log that are the same for every request. */
export interface AccessLogContext {
  accountId: string;
  apiId: string;
}

const VARIABLE = /\$context((?:\.\w+)+)/g;

/**
 * Compiles an access log format to a function that formats a request's line. Values are escaped for a
 * JSON string, so that no client can break a line. Unknown and absent values are `-`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function compileAccessLog(
  format: string,
  context: AccessLogContext,
): (record: RequestRecord) => string {
  const variables = variablesOf(context);
  const expanded = format.replaceAll("$context.error.messageString", '"$context.error.message"');
  // Splitting by a pattern with one group returns text and variables in turn.
  const parts = expanded.split(VARIABLE).map((part, index) => {
    if (index % 2 === 0) return () => part;
    const read = variables.get(part.slice(1)) ?? claimReader(part.slice(1));
    return (record: RequestRecord) => (read ? formatValue(read(record)) : "-");
  });
  return (record) => {
    let line = "";
    for (const part of parts) line += part(record);
    return line;
  };
}

/** Returns the reader of a variable such as `authorizer.claims.sub`. */
function claimReader(variable: string): ((record: RequestRecord) => Value) | undefined {
  const [, claim] = /^authorizer\.claims\.(\w+)$/.exec(variable) ?? [];
  return claim ? ({ claims }) => claims?.[claim] : undefined;
}

function formatValue(value: Value): string {
  if (value === undefined || value === "") return "-";
  return typeof value === "number" ? String(value) : JSON.stringify(value).slice(1, -1);
}

function variablesOf({ accountId, apiId }: AccessLogContext): Variables {
  return new Map(
    Object.entries<(record: RequestRecord) => Value>({
      accountId: () => accountId,
      apiId: () => apiId,
      "authorizer.error": (record) => record.authorizerError,
      awsEndpointRequestId: (record) => record.integrationRequestId,
      domainName: (record) => record.domainName,
      domainPrefix: (record) => domainPrefix(record.domainName),
      "error.message": (record) => record.errorMessage,
      extendedRequestId: (record) => record.requestId,
      httpMethod: (record) => record.method,
      "identity.sourceIp": (record) => record.sourceIp,
      "identity.userAgent": (record) => record.userAgent,
      "integration.error": (record) => record.integrationErrorMessage,
      "integration.integrationStatus": (record) => record.integrationStatus,
      "integration.latency": (record) => record.integrationLatency,
      "integration.requestId": (record) => record.integrationRequestId,
      "integration.status": (record) => record.functionStatus,
      integrationErrorMessage: (record) => record.integrationErrorMessage,
      integrationLatency: (record) => record.integrationLatency,
      integrationStatus: (record) => record.integrationStatus,
      path: (record) => record.path,
      protocol: (record) => record.protocol,
      requestId: (record) => record.requestId,
      requestTime: (record) => record.time,
      requestTimeEpoch: (record) => record.timeEpoch,
      responseLatency: (record) => record.responseLatency,
      responseLength: (record) => record.responseLength,
      routeKey: (record) => record.routeKey,
      stage: () => "$default",
      status: (record) => record.status,
    }),
  );
}
