import { compileAccessLog } from "@petstore/offline/services/apigateway/access-log";
import { formatClaims } from "@petstore/offline/services/apigateway/authorizer";
import {
  formatClfTime,
  type RequestRecord,
} from "@petstore/offline/services/apigateway/request-record";
import { describe, expect, it } from "vitest";

const record: RequestRecord = {
  requestId: "JKJaXmPLvHcESHA=",
  timeEpoch: Date.UTC(2020, 2, 12, 19, 3, 58, 390),
  time: "12/Mar/2020:19:03:58 +0000",
  method: "GET",
  path: "/pets/1",
  protocol: "HTTP/1.1",
  domainName: "api.example.com",
  sourceIp: "127.0.0.1",
  userAgent: "agent/1",
  routeKey: "GET /pets/{id}",
  functionArn: "arn",
  status: 200,
  responseLength: 42,
  responseLatency: 7,
  integrationRequestId: "6f1c7ce8",
  integrationLatency: 5,
  integrationStatus: 200,
  functionStatus: 201,
};

function formatLine(format: string, changes: Partial<RequestRecord> = {}) {
  const line = compileAccessLog(format, { accountId: "123456789012", apiId: "abc" });
  return line({ ...record, ...changes });
}

describe("the access log", () => {
  it.each([
    ["accountId", "123456789012"],
    ["apiId", "abc"],
    ["awsEndpointRequestId", "6f1c7ce8"],
    ["domainName", "api.example.com"],
    ["domainPrefix", "api"],
    ["extendedRequestId", "JKJaXmPLvHcESHA="],
    ["httpMethod", "GET"],
    ["identity.sourceIp", "127.0.0.1"],
    ["identity.userAgent", "agent/1"],
    ["integration.integrationStatus", "200"],
    ["integration.latency", "5"],
    ["integration.requestId", "6f1c7ce8"],
    ["integration.status", "201"],
    ["integrationLatency", "5"],
    ["integrationStatus", "200"],
    ["path", "/pets/1"],
    ["protocol", "HTTP/1.1"],
    ["requestId", "JKJaXmPLvHcESHA="],
    ["requestTime", "12/Mar/2020:19:03:58 +0000"],
    ["requestTimeEpoch", "1584039838390"],
    ["responseLatency", "7"],
    ["responseLength", "42"],
    ["routeKey", "GET /pets/{id}"],
    ["stage", "$default"],
    ["status", "200"],
    ["error.message", "-"],
    ["integration.error", "-"],
    ["integrationErrorMessage", "-"],
    ["authorizer.claims.sub", "-"],
    ["authorizer.error", "-"],
    ["unknown", "-"],
    ["constructor", "-"],
    ["toString", "-"],
  ])("formats $context.%s as %s", (variable, expected) => {
    expect(formatLine(`$context.${variable}`)).toBe(expected);
  });

  it("formats errors, plain and quoted", () => {
    const changes = { errorMessage: "Not Found", integrationErrorMessage: "Error: no pets" };
    expect(formatLine("$context.error.message|$context.error.messageString", changes)).toBe(
      'Not Found|"Not Found"',
    );
    expect(formatLine("$context.integrationErrorMessage|$context.integration.error", changes)).toBe(
      "Error: no pets|Error: no pets",
    );
  });

  it("formats claims and the reason of a rejection", () => {
    const claims = formatClaims({ sub: "user-a" });
    const authorizerError = "invalid_token: the token has expired";
    expect(
      formatLine("$context.authorizer.claims.sub|$context.authorizer.claims.constructor", {
        claims,
      }),
    ).toBe("user-a|-");
    expect(formatLine("$context.authorizer.error", { authorizerError })).toBe(authorizerError);
  });

  it("copies the text around variables", () => {
    expect(
      formatLine('$ctx {"a": "$context.status$context.httpMethod."} $context $$context.status'),
    ).toBe('$ctx {"a": "200GET."} $context $200');
  });

  it("formats absent values as -", () => {
    const { routeKey: _, integrationLatency: __, ...bare } = record;
    const line = compileAccessLog("$context.routeKey $context.integrationLatency", {
      accountId: "1",
      apiId: "2",
    });
    expect(line(bare)).toBe("- -");
    expect(formatLine("$context.identity.userAgent", { userAgent: "" })).toBe("-");
  });

  it("escapes values for a JSON line", () => {
    const userAgent = 'x","status":"1"}\n{"forged":"\\\u0000';
    const line = formatLine('{"ua":"$context.identity.userAgent","path":"$context.path"}', {
      userAgent,
      path: "/$context.status",
    });
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual({ ua: userAgent, path: "/$context.status" });
  });

  it.each([
    [Date.UTC(2024, 0, 1), "01/Jan/2024:00:00:00 +0000"],
    [Date.UTC(2026, 11, 31, 23, 59, 59, 999), "31/Dec/2026:23:59:59 +0000"],
  ])("formats the time %i in the Common Log Format", (time, expected) => {
    expect(formatClfTime(time)).toBe(expected);
  });
});
