/** Every problem type of the API (RFC 9457). The key is the stable last segment of its `type` URI. */
export const catalogue = {
  "malformed-body": { status: 400, title: "Malformed body" },
  "malformed-header": { status: 400, title: "Malformed header" },
  "bad-cursor": { status: 400, title: "Invalid cursor" },
  "not-authenticated": { status: 401, title: "Authentication required" },
  "not-owner": { status: 403, title: "Not the owner" },
  "not-found": { status: 404, title: "Not found" },
  "concurrent-change": { status: 409, title: "Concurrent change" },
  "pet-deleted": { status: 409, title: "Pet deleted" },
  "status-transition": { status: 409, title: "Invalid status transition" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  "body-too-large": { status: 413, title: "Body too large" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "invalid-request": { status: 422, title: "Invalid request" },
  "idempotency-key-reused": { status: 422, title: "Idempotency key reused" },
  internal: { status: 500, title: "Internal error" },
  "try-again": { status: 503, title: "Temporarily unavailable" },
} as const;

export type ProblemType = keyof typeof catalogue;

/** One error in a request: a JSON Pointer into the body or a parameter's name, and what is wrong. */
export type RequestError = { detail: string } & ({ pointer: string } | { parameter: string });

export interface ProblemOptions {
  errors?: RequestError[];
  /** Additional response headers, such as `Retry-After`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error that the API reports to the client. The HTTP adapter turns it into a response. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly errors: RequestError[] | undefined;
  readonly headers: Record<string, string>;

  /** @param detail what is wrong with this request, for the client's developer */
  constructor(type: ProblemType, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = "Problem";
    this.type = type;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return catalogue[this.type].status;
  }

  /** Returns the `application/problem+json` body. */
  toBody(instance: string, requestId: string) {
    const { status, title } = catalogue[this.type];
    return {
      type: `/problems/${this.type}`,
      title,
      status,
      detail: this.message,
      instance,
      requestId,
      ...(this.errors && { errors: this.errors }),
    };
  }
}
