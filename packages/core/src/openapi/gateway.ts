import type { Operation } from "../contract/operation.ts";
import type { JsonSchema } from "./schemas.ts";

/**
 * The messages of API Gateway's own responses, before or instead of a function's response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
 */
const messages: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Returns the gateway's own responses to requests of an operation: message by status. */
export const gatewayMessagesOf = (operation: Operation): [status: number, message: string][] =>
  Object.entries(messages)
    .map(([status, message]): [number, string] => [Number(status), message])
    .filter(([status]) => {
      if (status === 401 || status === 403) return operation.scope !== undefined;
      // A path without parameters always matches the operation's route.
      return status !== 404 || operation.params !== undefined;
    });

/** The body of the gateway's own responses. */
export const GatewayMessage: JsonSchema = {
  type: "object",
  description: "A response of the gateway, before or instead of a response of the API.",
  properties: { message: { type: ["string", "null"] } },
  required: ["message"],
  examples: [{ message: "Too Many Requests" }],
};
