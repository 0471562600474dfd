/** One thing wrong with a request: where (a JSON Pointer into the body, or a parameter's name), and what. */
export type RequestError = { detail: string } & ({ pointer: string } | { parameter: string });

export interface ProblemOptions {
  errors?: RequestError[];
  /** Response headers that go with the problem, such as `Retry-After`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/** Anything that ends a request without the answer hoped for. The adapter turns it into a response. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly errors: RequestError[] | undefined;
  readonly headers: Record<string, string>;

  /** @param detail what is wrong with this very request, for the client to read */
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

  /** The `application/problem+json` body. */
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

/** Every problem the API can answer (RFC 9457). The key is the stable last segment of its `type`. */
export const catalogue = {
  "malformed-body": { status: 400, title: "The body is not well-formed JSON" },
  "malformed-header": { status: 400, title: "A header is malformed" },
  "bad-cursor": { status: 400, title: "The cursor does not belong to this list" },
  "not-authenticated": { status: 401, title: "It is not known who asks" },
  "not-owner": { status: 403, title: "This belongs to somebody else" },
  "not-found": { status: 404, title: "There is nothing here" },
  "concurrent-change": { status: 409, title: "Others kept changing this at the same time" },
  "pet-deleted": { status: 409, title: "Pet deleted" },
  "status-transition": { status: 409, title: "A pet cannot go from this status to that" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body comes in a format not taken here" },
  "invalid-request": { status: 422, title: "The request does not match its schema" },
  "idempotency-key-reused": { status: 422, title: "The key was used with another request" },
  internal: { status: 500, title: "Something went wrong on our side" },
  "try-again": { status: 503, title: "Too busy right now" },
} as const;

export type ProblemType = keyof typeof catalogue;
