import type { GatewayResponse } from "./response.ts";

/** The answers an HTTP API gives by itself, in its own words. */
const MESSAGES = {
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

/** Ends a request with an answer of the gateway's own. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly status: keyof typeof MESSAGES;
  /** What went wrong behind the gateway: for the log, never for the client. */
  readonly reason: string | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: keyof typeof MESSAGES,
    reason?: string,
    headers: Record<string, string> = {},
  ) {
    super(MESSAGES[status]);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
  }

  /** The response that says so: `{"message": …}`. */
  toResponse(): GatewayResponse {
    return {
      status: this.status,
      headers: { "content-type": "application/json", ...this.headers },
      body: JSON.stringify({ message: this.message }),
    };
  }
}
