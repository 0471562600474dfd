import type { GatewayResponse } from "./response.ts";

/** The answers an HTTP API gives by itself, in its own words. */
const MESSAGES = {
  400: "Bad Request",
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

  constructor(status: keyof typeof MESSAGES, reason?: string) {
    super(MESSAGES[status]);
    this.status = status;
    this.reason = reason;
  }

  /** The response that says so: `{"message": …}`. */
  toResponse(): GatewayResponse {
    return {
      status: this.status,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message: this.message }),
    };
  }
}
