import type { Operation } from "../contract/operation.ts";
import type { JsonSchema } from "./schemas.ts";

/**
 * What API Gateway answers by itself, before a function is asked or instead of one.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
 */
const messages: Record<number, string> = {
  400: "Bad Request",
  404: "Not Found",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** The gateway's own answers to requests of an operation: message by status. */
export const gatewayMessagesOf = ({ params }: Operation): [status: number, message: string][] =>
  Object.entries(messages)
    .map(([status, message]): [number, string] => [Number(status), message])
    // Without parameters there is no path that leads to the operation's route, or almost.
    .filter(([status]) => status !== 404 || params !== undefined);

/** The body of an answer that is the gateway's own. */
export const GatewayMessage: JsonSchema = {
  type: "object",
  description: "What the gateway answers by itself, before the API is asked or instead of it.",
  properties: { message: { type: ["string", "null"] } },
  required: ["message"],
  examples: [{ message: "Too Many Requests" }],
};
