import type { Operation } from "../contract/operation.ts";
import type { JsonSchema } from "./schemas.ts";

/**
 * What API Gateway answers by itself, before a function is asked or instead of one.
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

/** The gateway's own answers to requests of an operation: message by status. */
export const gatewayMessagesOf = (operation: Operation): [status: number, message: string][] =>
  Object.entries(messages)
    .map(([status, message]): [number, string] => [Number(status), message])
    .filter(([status]) => {
      if (status === 401 || status === 403) return operation.scope !== undefined;
      // A path without parameters leads to the operation's route, always.
      return status !== 404 || operation.params !== undefined;
    });

/** The body of an answer that is the gateway's own. */
export const GatewayMessage: JsonSchema = {
  type: "object",
  description: "What the gateway answers by itself, before the API is asked or instead of it.",
  properties: { message: { type: ["string", "null"] } },
  required: ["message"],
  examples: [{ message: "Too Many Requests" }],
};
