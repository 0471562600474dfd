import type { GatewayResponse } from "./response.ts";

/** Ends a request with an answer of the gateway's own, `{"message": …}`. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly status: number;
  /** What went wrong behind the gateway: for the log, never for the client. */
  readonly integrationErrorMessage: string | undefined;

  constructor(status: number, message: string, integrationErrorMessage?: string) {
    super(message);
    this.status = status;
    this.integrationErrorMessage = integrationErrorMessage;
  }
}

export const badRequest = () => new GatewayError(400, "Bad Request");
export const notFound = () => new GatewayError(404, "Not Found");
export const tooLarge = () => new GatewayError(413, "Request Entity Too Large");
export const tooManyRequests = () => new GatewayError(429, "Too Many Requests");
export const headersTooLarge = () => new GatewayError(431, "Request Header Fields Too Large");
export const internalServerError = (reason: string) =>
  new GatewayError(500, "Internal Server Error", reason);
export const serviceUnavailable = (reason: string) =>
  new GatewayError(503, "Service Unavailable", reason);

export function errorResponse({ status, message }: GatewayError): GatewayResponse {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message }),
  };
}
